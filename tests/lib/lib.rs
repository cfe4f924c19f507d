//! What the tests of this package share: real servers that start on free
//! ports, answer questions and end with the test, and the one way to wait.
//!
//! A test that needs a server is ignored, with a reason that begins with
//! `needs`; where it runs and the machine lacks the server, it fails.

mod alertmanager;
mod answer;
mod api;
mod boards;
mod browser;
mod built;
mod collector;
mod demo;
mod eventually;
mod exposition;
mod fan_out;
mod http_server;
mod inbox;
mod jaeger;
mod live;
mod process;
mod prometheus;
mod prometheus_builder;
mod promql;
mod pushed;
mod rules;
mod scales;
mod stack_folder;
mod thanos;
mod tool;

pub use self::alertmanager::Alertmanager;
pub use self::answer::{Labels, Metadata, QueryAnswer, RangeAnswer, Rule};
pub use self::api::Api;
pub use self::boards::boards;
pub use self::browser::{Browser, Scripts};
pub use self::collector::Collector;
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
pub use self::rules::every_generated_rule_is_healthy;
pub use self::scales::Scales;
pub use self::stack_folder::{StackFolder, blocks_of_the_guide};
pub use self::thanos::{Disk, Thanos};
pub use self::tool::{Verdict, promtool, verdict};
