//! The dashboard and the alerts of this domain.
