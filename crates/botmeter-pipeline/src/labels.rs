//! The labels of content pipelines.

use botmeter_core::{closed_label, open_label};

open_label! {
    /// The pipeline, as the program names it.
    pub struct PipelineName: "pipeline", limit 32;
}

closed_label! {
    /// What is done to a piece of content, in this order.
    pub enum Stage: "stage" {
        /// It is made.
        Generation => "generation",
        /// It is chosen, or rejected.
        Curation => "curation",
        /// It goes out.
        Publication => "publication",
    }
}
