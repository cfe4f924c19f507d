//! What is checked before anything is written.

mod boards;
mod complete;
mod dashboards;
mod grid;
mod kubernetes;
mod options;
mod promql;
mod queries;
mod raw;
mod reach;
mod rules;
mod shares;

use crate::{Catalogue, Options, Problem, model::Model};

/// Everything that is wrong, in order of its place.
pub(crate) fn problems(catalogue: &Catalogue, options: &Options, model: &Model) -> Vec<Problem> {
    let mut problems = model.problems.clone();
    problems.extend(boards::names(catalogue));
    problems.extend(boards::coverage(catalogue));
    problems.extend(boards::values(catalogue));
    problems.extend(raw::queries(catalogue, &options.fleet));
    problems.extend(complete::boards(catalogue));
    problems.extend(boards::objectives(catalogue, options));
    problems.extend(reach::alerts(catalogue, options));
    problems.extend(dashboards::unique(&model.dashboards));
    for dashboard in &model.dashboards {
        problems.extend(dashboards::form(dashboard));
        problems.extend(grid::overlaps(dashboard));
        problems.extend(queries::panels(dashboard, &model.definitions));
        problems.extend(queries::variables(dashboard, &model.definitions));
        problems.extend(queries::annotations(dashboard, &model.definitions));
    }
    problems.extend(options::of_pages(options));
    problems.extend(options::of_fleet(options, catalogue));
    problems.extend(options::of_references(options, catalogue));
    problems.extend(options::of_recorded(options, catalogue));
    problems.extend(kubernetes::objects(&model.dashboards, options));
    problems.extend(kubernetes::labels(options));
    problems.extend(rules::unique(&model.rules));
    for rules in &model.rules {
        problems.extend(rules::queries(rules, &model.definitions));
        problems.extend(rules::links(rules, &model.dashboards, &model.pages));
    }
    problems.sort();
    problems.dedup();
    problems
}
