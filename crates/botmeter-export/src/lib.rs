//! The ways out: routes that read the store, and bridges to other libraries.
#![doc = include_str!("../README.md")]

#[cfg(any(feature = "metrics", feature = "opentelemetry"))]
pub mod bridge;
#[cfg(feature = "metrics")]
mod circle;
#[doc(hidden)]
pub mod credentials;
mod exports;
#[cfg(any(feature = "otlp", feature = "stdout"))]
mod failure;
#[doc(hidden)]
pub mod finding;
#[cfg(any(feature = "otlp", feature = "stdout"))]
mod interval;
#[cfg(feature = "metrics")]
pub mod macros;
#[cfg(feature = "otlp")]
pub mod otlp;
#[cfg(any(feature = "otlp-grpc", feature = "scrape"))]
mod own_runtime;
#[doc(hidden)]
pub mod percent;
#[cfg(any(feature = "otlp", feature = "stdout"))]
mod quiet;
#[cfg(feature = "scrape")]
pub mod scrape;
mod settings;
#[doc(hidden)]
pub mod signal;
#[cfg(feature = "stdout")]
pub mod stdout;

pub use exports::{BackendKind, ExportStatus, Exports, Last, Told};
pub use settings::{
    Compression, DEFAULT_TIMEOUT, OtlpSettings, Protocol, Resource, ScrapeSettings, Temporality,
};
