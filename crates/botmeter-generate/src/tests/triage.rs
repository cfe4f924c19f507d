//! How panels lead to what is wrong.

use botmeter_board::{Board, Limit, Panel, Row, Show, increase, last, rate};
use serde_json::{Value, json};

use super::options;
use crate::{
    Catalogue, Options, generate,
    sample::{self, DESCRIPTION, Mail, Queue},
};

/// The panel that was added to the sample, as Grafana has it.
fn drawn(panel: Panel) -> Value {
    drawn_with(&options(), panel)
}

fn drawn_with(options: &Options, panel: Panel) -> Value {
    let title = panel.title.clone();
    let mut board: Board = sample::board();
    board.dashboards[0].rows.push(Row::open("More", [panel]));
    let files = generate(&Catalogue::new().domain::<Mail>(board), options).unwrap();
    let dashboard: Value =
        serde_json::from_str(files.text("grafana/mail-out.json").unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let is_it = |panel: &&Value| panel["title"] == *title && panel["type"] != "row";
    panels.iter().find(is_it).unwrap().clone()
}

/// What is told of a column.
fn column(panel: &Value, heading: &str, id: &str) -> Value {
    let overrides = panel["fieldConfig"]["overrides"].as_array().unwrap();
    let of_column = overrides.iter().filter(|it| it["matcher"]["options"] == heading);
    let mut told = of_column.flat_map(|it| it["properties"].as_array().unwrap());
    told.find(|property| property["id"] == id).map_or(Value::Null, |it| it["value"].clone())
}

fn table() -> Panel {
    let advice = Limit::new(7.0, "one a day");
    Panel::table("Worst", DESCRIPTION)
        .draw(last(&sample::WAITING).by::<(Queue,)>().named("Waits").limit(&sample::TOO_MANY))
        .draw(increase(&sample::SENT).by::<(Queue,)>().named("Went").advised_above(&advice))
        .draw(increase(&sample::PAID).by::<(Queue,)>().named("Postage"))
}

#[test]
fn cells_have_the_color_of_their_columns_limit() {
    let panel = drawn(table());
    let colors = |heading: &str| {
        let steps = column(&panel, heading, "thresholds")["steps"].clone();
        let steps = steps.as_array().cloned().unwrap_or_default();
        steps.iter().map(|it| (it["value"].clone(), it["color"].clone())).collect::<Vec<_>>()
    };
    let steps = |limit: f64| vec![(Value::Null, json!("green")), (json!(limit), json!("orange"))];
    assert_eq!(colors("Waits"), steps(sample::TOO_MANY.value));
    assert_eq!(colors("Went"), steps(7.0));
    assert_eq!(colors("Postage"), []);
    for (heading, kind) in [("Waits", json!("color-text")), ("Postage", Value::Null)] {
        assert_eq!(column(&panel, heading, "custom.cellOptions")["type"], kind, "{heading}");
    }
    assert_eq!(column(&panel, "Waits", "color")["mode"], "thresholds");
}

#[test]
fn a_row_without_a_column_does_not_say_what_a_table_without_rows_says() {
    let panel = drawn(table().without_data("no queues"));
    assert_eq!(panel["fieldConfig"]["defaults"]["noValue"], "no queues");
    for heading in ["Waits", "Went", "Postage"] {
        assert_eq!(column(&panel, heading, "noValue"), "–", "{heading}");
    }
}

#[test]
fn a_row_leads_to_what_it_is_about() {
    let links = column(&drawn(table()), "queue", "links");
    assert_eq!(
        links[0]["url"],
        "/d/mail-out?${__url_time_range}&${job:queryparam}&${instance:queryparam}\
         &var-queue=${__value.raw:percentencode}"
    );
}

#[test]
fn a_tile_leads_to_the_dashboard_that_tells_more() {
    let tile = Panel::stat("Tile", DESCRIPTION, Show::Count).draw(increase(&sample::SENT).all());
    assert_eq!(drawn(tile.clone())["fieldConfig"]["defaults"].get("links"), None);
    let links = &drawn(tile.clone().leads_to("mail-out"))["fieldConfig"]["defaults"]["links"];
    assert_eq!(
        links[0]["url"],
        "/d/mail-out?${__url_time_range}&${job:queryparam}&${instance:queryparam}"
    );
    let problems = super::problems_of(|board| {
        board.dashboards[0].rows.push(Row::open("More", [tile.leads_to("mail-in")]));
    });
    assert_eq!(
        problems,
        [
            r#"dashboard mail-out panel "Tile": leads to the dashboard "mail-in", which is none of these"#
        ]
    );
}

#[test]
fn links_of_a_text_keep_what_is_chosen() {
    let text = Panel::text("Others", "- [Mail](/d/mail-out?$kept)\n- [Again](/d/mail-out?$kept)");
    let content = |options: &Options| {
        drawn_with(options, text.clone())["options"]["content"].as_str().unwrap().to_owned()
    };
    let kept = |more: &str| {
        let kept =
            format!("${{__url_time_range}}{more}&${{job:queryparam}}&${{instance:queryparam}}");
        format!("- [Mail](/d/mail-out?{kept})\n- [Again](/d/mail-out?{kept})")
    };
    assert_eq!(content(&options()), kept(""));
    assert_eq!(content(&options().extra_label("cluster")), kept("&${cluster:queryparam}"));
}

#[test]
fn a_few_names_stand_under_the_picture_and_many_beside_it() {
    let panel = || Panel::time_series("Names", DESCRIPTION, Show::PerSecond);
    let few = drawn(panel().draw(rate(&sample::SENT).all()))["options"]["legend"].clone();
    assert_eq!((&few["displayMode"], &few["placement"]), (&json!("list"), &json!("bottom")));
    let many = drawn(panel().draw(rate(&sample::SENT).by::<(Queue,)>()));
    let many = &many["options"]["legend"];
    assert_eq!((&many["displayMode"], &many["placement"]), (&json!("table"), &json!("right")));
    assert_eq!((&many["sortBy"], &many["sortDesc"]), (&json!("Last *"), &json!(true)));
}
