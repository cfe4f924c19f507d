//! What the tests of this package share: real servers that start on free
//! ports, answer questions and end with the test, and the one way to wait.
//!
//! A server that the machine lacks gives `None`, after a line that says so;
//! the test then returns (see [`xtask::servers::find_or_skip`]).

#[path = "lib/answer.rs"]
mod answer;
#[path = "lib/dashboard.rs"]
mod dashboard;
#[path = "lib/demo.rs"]
mod demo;
#[path = "lib/eventually.rs"]
mod eventually;
#[path = "lib/exposition.rs"]
mod exposition;
#[path = "lib/prometheus.rs"]
mod prometheus;
#[path = "lib/prometheus_builder.rs"]
mod prometheus_builder;
#[path = "lib/promtool.rs"]
mod promtool;
#[path = "lib/pushed.rs"]
mod pushed;

pub use self::answer::{Labels, Metadata, QueryAnswer, RangeAnswer, Rule};
pub use self::dashboard::{Dashboard, Question, read_dashboards};
pub use self::demo::Demo;
pub use self::eventually::eventually;
pub use self::exposition::{Families, Family, read_exposition};
pub use self::prometheus::Prometheus;
pub use self::prometheus_builder::PrometheusBuilder;
pub use self::promtool::{Verdict, promtool};
pub use self::pushed::translate_push;
