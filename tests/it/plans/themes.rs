//! The headings of a plan.

use serde_json::{Value, json};

use crate::support::{Persona, gid, on_both};

#[tokio::test]
async fn headings_are_added_changed_and_reordered() {
    on_both(async |app| {
        let (office, plan) = (Persona::ProgrammeOffice, gid("pln", app.world.plan("Draft plan").id));
        let mut ids = Vec::new();
        for name in ["One", "Two", "Three"] {
            let input = json!({ "planId": plan, "name": name });
            let made = app.done(Persona::Officer, "themeCreate", input, "theme { id }").await;
            ids.push(made["theme"]["id"].clone());
        }
        let again = json!({ "planId": plan, "name": "Two" });
        assert_eq!(
            app.refused(office, "themeCreate", again).await,
            ("VALIDATION_FAILED".into(), "name".into())
        );
        let under = json!({ "id": ids[1], "expectedVersion": 1, "parentId": ids[0] });
        let moved = app.done(office, "themeUpdate", under, "theme { name parent { name } version }").await;
        assert_eq!(moved["theme"], json!({ "name": "Two", "parent": { "name": "One" }, "version": 2 }));
        let circle = json!({ "id": ids[0], "expectedVersion": 1, "parentId": ids[1] });
        let refused = app.refused(office, "themeUpdate", circle).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "parentId".into()));
        let cleared = json!({ "id": ids[1], "expectedVersion": 2, "parentId": null, "name": "Second" });
        let cleared = app.done(office, "themeUpdate", cleared, "theme { name parent { name } }").await;
        assert_eq!(cleared["theme"], json!({ "name": "Second", "parent": null }));

        let part = json!({ "planId": plan, "expectedVersion": 1, "themeIds": [ids[2], ids[0]] });
        let refused = app.refused(office, "themesReorder", part).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "themeIds".into()));
        let twice = json!({ "planId": plan, "expectedVersion": 1, "themeIds": [ids[2], ids[2], ids[0]] });
        let refused = app.refused(office, "themesReorder", twice).await;
        assert_eq!(refused, ("VALIDATION_FAILED".into(), "themeIds.1".into()));
        let all = json!({ "planId": plan, "expectedVersion": 1, "themeIds": [ids[2], ids[0], ids[1]] });
        let done =
            app.done(office, "themesReorder", all.clone(), "plan { version themes { name version } }").await;
        let names: Vec<&Value> =
            done["plan"]["themes"].as_array().unwrap().iter().map(|of| &of["name"]).collect();
        assert_eq!(names, ["Three", "One", "Second"]);
        assert_eq!(done["plan"]["version"], 2);
        let stale = app.refused(office, "themesReorder", all).await;
        assert_eq!(stale, ("VERSION_CONFLICT".into(), "expectedVersion".into()));

        let closed = json!({ "planId": gid("pln", app.world.plan("Closed plan").id), "name": "Late" });
        assert_eq!(
            app.refused(office, "themeCreate", closed).await,
            ("ILLEGAL_TRANSITION".into(), "planId".into())
        );
        let agreed = json!({ "planId": gid("pln", app.world.plan("Agreed plan").id), "name": "More" });
        assert_eq!(
            app.refused(Persona::Officer, "themeCreate", agreed).await,
            ("FORBIDDEN".into(), "planId".into())
        );
    })
    .await;
}
