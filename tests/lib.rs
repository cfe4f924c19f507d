//! What the tests of this package share: real servers that start on free
//! ports, answer questions and end with the test, and the one way to wait.
//!
//! A server that the machine lacks gives `None`, after a line that says so;
//! the test then returns (see [`xtask::servers::find_or_skip`]).

#[path = "lib/alertmanager.rs"]
mod alertmanager;
#[path = "lib/answer.rs"]
mod answer;
#[path = "lib/browser.rs"]
mod browser;
#[path = "lib/built.rs"]
mod built;
#[path = "lib/collector.rs"]
mod collector;
#[path = "lib/dashboard.rs"]
mod dashboard;
#[path = "lib/demo.rs"]
mod demo;
#[path = "lib/eventually.rs"]
mod eventually;
#[path = "lib/exposition.rs"]
mod exposition;
#[path = "lib/fan_out.rs"]
mod fan_out;
#[path = "lib/http_server.rs"]
mod http_server;
#[path = "lib/inbox.rs"]
mod inbox;
#[path = "lib/jaeger.rs"]
mod jaeger;
#[path = "lib/live.rs"]
mod live;
#[path = "lib/process.rs"]
mod process;
#[path = "lib/prometheus.rs"]
mod prometheus;
#[path = "lib/prometheus_builder.rs"]
mod prometheus_builder;
#[path = "lib/promql.rs"]
mod promql;
#[path = "lib/pushed.rs"]
mod pushed;
#[path = "lib/scales.rs"]
mod scales;
#[path = "lib/stack_folder.rs"]
mod stack_folder;
#[path = "lib/tool.rs"]
mod tool;

pub use self::alertmanager::Alertmanager;
pub use self::answer::{Labels, Metadata, QueryAnswer, RangeAnswer, Rule};
pub use self::browser::{Browser, Scripts};
pub use self::collector::Collector;
pub use self::dashboard::{Dashboard, Question, read_dashboards};
pub use self::demo::Demo;
pub use self::eventually::eventually;
pub use self::exposition::{Families, Family, read_exposition, read_open_metrics};
pub use self::fan_out::FanOut;
pub use self::http_server::HttpServer;
pub use self::inbox::Inbox;
pub use self::jaeger::Jaeger;
pub use self::live::{Live, run_botmeter};
pub use self::prometheus::{End, Prometheus};
pub use self::prometheus_builder::{Discovery, PrometheusBuilder, STACK_FLAGS};
pub use self::promql::{Answers, Asked, Stored, promql, promql_in_time};
pub use self::pushed::translate_push;
pub use self::scales::Scales;
pub use self::stack_folder::{StackFolder, blocks_of_the_guide};
pub use self::tool::{Verdict, promtool, verdict};
