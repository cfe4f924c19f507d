//! Threads that export tell no spans: those would be exported themselves, which
//! makes more of them.

/// Does this without telling of it.
#[cfg(feature = "spans")]
pub(crate) fn quietly(work: impl FnOnce()) {
    let _quiet = opentelemetry::Context::enter_telemetry_suppressed_scope();
    work();
}

/// There are no spans to be kept from.
#[cfg(not(feature = "spans"))]
pub(crate) fn quietly(work: impl FnOnce()) {
    work();
}

/// For as long as this thread lives.
#[cfg(feature = "otlp-grpc")]
pub(crate) fn for_good() {
    #[cfg(feature = "spans")]
    std::mem::forget(opentelemetry::Context::enter_telemetry_suppressed_scope());
}
