//! The generated files, judged by what others say of their formats: Grafana's
//! schemas and Prometheus' own checker.

mod rules;
mod schemas;
