//! The pipeline `blog`: what has been written, chosen and published.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use botmeter_pipeline::{Pipeline, Stage};

/// More posts than this need not be written before some are judged.
const MOST_WRITTEN: usize = 50;

/// How many posts the front page shows.
const FRONT_PAGE: usize = 20;

#[derive(Debug)]
pub(super) struct Blog {
    /// Times the stages.
    pub(super) pipeline: Pipeline,
    shelves: Mutex<Shelves>,
}

#[derive(Debug, Default)]
struct Shelves {
    written: Vec<Post>,
    chosen: Vec<Post>,
    published: VecDeque<Post>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    pub(super) title: String,
    pub(super) text: String,
}

impl Blog {
    pub(super) fn new(pipeline: Pipeline) -> Self {
        Self { pipeline, shelves: Mutex::default() }
    }

    /// Whether another post is wanted.
    pub(super) fn has_room(&self) -> bool {
        self.lock().written.len() < MOST_WRITTEN
    }

    /// A post is written.
    pub(super) fn write(&self, post: Post) {
        self.pipeline.generated(1);
        self.change(|shelves| shelves.written.push(post));
    }

    /// At most so many posts that nobody has judged.
    pub(super) fn take_written(&self, most: usize) -> Vec<Post> {
        self.change(|shelves| {
            let some = most.min(shelves.written.len());
            shelves.written.drain(..some).collect()
        })
    }

    /// Posts are judged: some are chosen, and so many others are rejected.
    pub(super) fn judge(&self, chosen: Vec<Post>, rejected: usize) {
        self.pipeline.curated(chosen.len());
        self.pipeline.rejected(rejected);
        self.change(|shelves| shelves.chosen.extend(chosen));
    }

    /// Posts could not be judged, and wait again.
    pub(super) fn put_back_written(&self, posts: Vec<Post>) {
        self.change(|shelves| shelves.written.extend(posts));
    }

    /// All posts that are chosen and not published.
    pub(super) fn take_chosen(&self) -> Vec<Post> {
        self.change(|shelves| std::mem::take(&mut shelves.chosen))
    }

    /// Posts could not be published, and wait again.
    pub(super) fn put_back_chosen(&self, posts: Vec<Post>) {
        self.change(|shelves| shelves.chosen.extend(posts));
    }

    /// Posts are published.
    pub(super) fn publish(&self, posts: Vec<Post>) {
        self.pipeline.published(posts.len());
        self.change(|shelves| {
            shelves.published.extend(posts);
            let surplus = shelves.published.len().saturating_sub(FRONT_PAGE);
            shelves.published.drain(..surplus);
        });
    }

    /// The titles of the latest posts.
    pub(super) fn front_page(&self) -> Vec<String> {
        self.lock().published.iter().map(|post| post.title.clone()).collect()
    }

    /// Changes what lies on the shelves, and tells how much waits on them.
    fn change<T>(&self, change: impl FnOnce(&mut Shelves) -> T) -> T {
        let mut shelves = self.lock();
        let result = change(&mut shelves);
        self.pipeline.set_queue_depth(Stage::Curation, shelves.written.len());
        self.pipeline.set_queue_depth(Stage::Publication, shelves.chosen.len());
        result
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use botmeter_pipeline::Pipelines;
    use botmeter_pipeline::core::{Domain, Memory, Meter};

    use super::*;

    #[test]
    fn posts_go_from_shelf_to_shelf_and_are_counted_on_the_way() {
        let memory = Memory::new();
        let pipelines = Pipelines::register(&Meter::new(memory.clone()));
        let blog = Blog::new(pipelines.pipeline("blog"));
        let value = |name| memory.value(name, &[("pipeline", "blog")]);
        let waiting = |stage| {
            let labels = [("pipeline", "blog"), ("stage", stage)];
            memory.value("pipeline_queue_depth", &labels)
        };

        for title in ["a", "b", "c"] {
            blog.write(Post { title: title.into(), text: String::new() });
        }
        let mut posts = blog.take_written(2);
        assert_eq!((posts.len(), waiting("curation")), (2, Some(1.0)));
        posts.truncate(1);
        blog.judge(posts, 1);
        assert_eq!(waiting("publication"), Some(1.0));
        let posts = blog.take_chosen();
        blog.put_back_chosen(posts);
        let posts = blog.take_chosen();
        blog.publish(posts);
        assert_eq!(blog.front_page(), ["a"]);
        assert_eq!(value("pipeline_generated_total"), Some(3.0));
        assert_eq!(value("pipeline_curated_total"), Some(1.0));
        assert_eq!(value("pipeline_rejected_total"), Some(1.0));
        assert_eq!(value("pipeline_published_total"), Some(1.0));
    }
}
