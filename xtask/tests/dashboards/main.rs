//! The generated files, judged by what others say of their formats: Grafana's
//! schemas, Prometheus' own checker, and the form of Kubernetes objects.

mod install;
mod kubernetes;
mod rules;
mod schemas;
mod thresholds;
