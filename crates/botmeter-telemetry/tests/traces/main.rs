//! Spans against receivers in this process, and log lines of a process of their
//! own.

#![cfg(test)]

mod child;
mod counting;
mod ending;
mod exemplars;
#[cfg(feature = "otlp-grpc")]
mod grpc;
mod llm;
mod logs;
mod pushing;
mod receiver;
mod sampling;
mod setup;
mod starting;
