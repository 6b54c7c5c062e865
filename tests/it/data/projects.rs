//! Projects: what collaborators may do by their role, and the functions on projects.

use uuid::Uuid;

use crate::support::sample::{ADA, BEN, EDA, NIA, OLGA, ROOT, VIC, person, sample_db};

const PROJECT: &str = "a0000000-0000-7000-8000-000000000070";
const BENS_PROJECT: &str = "b0000000-0000-7000-8000-000000000070";

fn new_component(project: &str) -> String {
    format!(
        "insert into project_components (project_id, component_type, name) values ('{project}', 'text', 'New')"
    )
}

#[tokio::test]
async fn viewers_read_editors_write_owners_share() {
    let test = sample_db().await;
    let read = format!("select id from project_components where project_id = '{PROJECT}'");
    let rename = format!("update projects set name = 'Renamed' where id = '{PROJECT}' returning 1");
    let invitations = format!("select 1 from project_invitations where project_id = '{PROJECT}'");
    let share = format!("update collaborators set role = role where user_id = '{NIA}' returning 1");
    for (who, reads, writes, shares) in [
        (BEN, false, false, false),
        (VIC, true, false, false),
        (EDA, true, true, false),
        (OLGA, true, true, true),
        (ADA, true, true, true),
    ] {
        let who_caller = person(who);
        let rows = test.run_as(&who_caller, &read).await.expect("no error");
        assert_eq!(!rows.is_empty(), reads, "{who} reads");
        assert_eq!(
            test.run_as(&who_caller, &new_component(PROJECT))
                .await
                .is_ok(),
            writes,
            "{who} adds a part"
        );
        let rows = test.run_as(&who_caller, &rename).await.expect("no error");
        assert_eq!(!rows.is_empty(), writes, "{who} renames");
        let rows = test.run_as(&who_caller, &share).await.expect("no error");
        assert_eq!(!rows.is_empty(), shares, "{who} shares");
        let rows = test.run_as(&who_caller, &invitations).await;
        assert_eq!(
            !rows.expect("no error").is_empty(),
            // Ben is invited himself.
            shares || who == BEN,
            "{who} sees who is invited"
        );
    }
}

#[tokio::test]
async fn nobody_raises_themselves() {
    let test = sample_db().await;
    for who in [VIC, EDA] {
        let raise =
            format!("update collaborators set role = 'owner' where user_id = '{who}' returning 1");
        assert!(
            test.run_as(&person(who), &raise)
                .await
                .expect("no error")
                .is_empty(),
            "{who}"
        );
    }
    for who in [ADA, OLGA, BEN] {
        let enter = format!(
            "insert into collaborators (project_id, user_id, role) values ('{PROJECT}', '{BEN}', 'owner')"
        );
        let refusal = test.run_as(&person(who), &enter).await;
        assert_eq!(
            refusal
                .expect_err("nobody is added without being asked")
                .message,
            "permission denied for table collaborators",
            "{who}"
        );
    }
    for sql in [
        format!("update collaborators set project_id = '{BENS_PROJECT}' where user_id = '{EDA}'"),
        format!("update projects set user_id = '{EDA}' where id = '{PROJECT}'"),
        format!("update projects set deleted_at = now() where id = '{PROJECT}'"),
        format!("update project_components set project_id = '{PROJECT}'"),
    ] {
        assert_eq!(
            test.run_as(&person(OLGA), &sql).await.expect_err(&sql).code,
            "42501",
            "{sql}"
        );
    }
    let destroy = format!("delete from projects where id = '{PROJECT}' returning 1");
    assert!(
        test.run_as(&person(OLGA), &destroy)
            .await
            .expect("no error")
            .is_empty(),
        "only its own owner"
    );
}

#[tokio::test]
async fn collaborators_may_leave_and_not_remove_others() {
    let test = sample_db().await;
    let remove =
        |who: uuid::Uuid| format!("delete from collaborators where user_id = '{who}' returning 1");
    assert!(
        test.run_as(&person(VIC), &remove(NIA))
            .await
            .expect("no error")
            .is_empty()
    );
    assert_eq!(
        test.run_as(&person(VIC), &remove(VIC))
            .await
            .expect("left")
            .len(),
        1
    );
    let read = format!("select 1 from projects where id = '{PROJECT}'");
    assert!(
        test.run_as(&person(VIC), &read)
            .await
            .expect("no error")
            .is_empty()
    );
}

#[tokio::test]
async fn parts_hang_together_within_one_project() {
    let test = sample_db().await;
    let foreign_parent = format!(
        "insert into project_components (project_id, parent_id, component_type, name) \
         values ('{BENS_PROJECT}', 'a0000000-0000-7000-8000-000000000075', 'text', 'Intruder')"
    );
    let refusal = test
        .run_as(&person(BEN), &foreign_parent)
        .await
        .expect_err("a parent in another project");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("project_components_parent_fkey")
    );
    let refusal = test
        .run_as(&person(BEN), &new_component(PROJECT))
        .await
        .expect_err("another's project");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn recordings_lie_where_their_project_and_speaker_say() {
    let test = sample_db().await;
    let recording = |path: &str| {
        format!(
            "insert into audio_recordings (project_id, storage_path, file_name, mime_type, size_bytes) \
             values ('{PROJECT}', '{path}', 'a.ogg', 'audio/ogg', 1000)"
        )
    };
    let eda = person(EDA);
    for path in [
        format!("{ADA}/{PROJECT}/1_a.ogg"),
        format!("{EDA}/{BENS_PROJECT}/1_a.ogg"),
        format!("{EDA}/{PROJECT}/a.ogg"),
        format!("{EDA}/{PROJECT}/1_a/b.ogg"),
    ] {
        let refusal = test.run_as(&eda, &recording(&path)).await.expect_err(&path);
        assert_eq!(
            refusal.constraint.as_deref(),
            Some("audio_recordings_storage_path_format"),
            "{path}"
        );
    }
    let good = recording(&format!("{EDA}/{PROJECT}/1_a.ogg"));
    let refusal = test
        .run_as(&eda, &good)
        .await
        .expect_err("nothing was uploaded");
    assert!(refusal.message.contains("upload it first"), "{refusal:?}");
    let file = format!(
        "insert into storage.objects (bucket_id, name) \
         values ('audio-recordings', '{EDA}/{PROJECT}/1_a.ogg')"
    );
    test.run_as(&eda, &file).await.expect("its file");
    test.run_as(&eda, &good).await.expect("a recording");
    let too_big = good.replace("1_a", "2_a").replace("1000)", "52428801)");
    let refusal = test.run_as(&eda, &too_big).await.expect_err("over 50 MB");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("audio_recordings_size_bytes_range")
    );
    let film = good.replace("1_a", "3_a").replace("audio/ogg", "video/ogg");
    let refusal = test.run_as(&eda, &film).await.expect_err("not a sound");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("audio_recordings_mime_type_allowed")
    );
}

#[tokio::test]
async fn a_deleted_project_is_seen_by_its_owner_alone_and_can_come_back() {
    let test = sample_db().await;
    let delete = format!("select soft_delete_project('{PROJECT}')");
    assert_eq!(
        test.run_as(&person(OLGA), &delete).await.expect("no error")[0].get(0),
        Some("f"),
        "not a co-owner"
    );
    let for_ada = format!("select soft_delete_project('{PROJECT}', '{ADA}')");
    assert_eq!(
        test.run_as(&person(OLGA), &for_ada)
            .await
            .expect_err("in Ada's name")
            .code,
        "42501"
    );
    assert_eq!(
        test.run_as(&person(ADA), &delete).await.expect("deleted")[0].get(0),
        Some("t")
    );
    assert_eq!(
        test.run_as(&person(ADA), &delete).await.expect("twice")[0].get(0),
        Some("f")
    );
    for (who, sees) in [(ADA, 1), (VIC, 0), (EDA, 0), (OLGA, 0)] {
        for table in ["projects where id", "audio_recordings where project_id"] {
            let read = format!("select 1 from {table} = '{PROJECT}'");
            assert_eq!(
                test.run_as(&person(who), &read)
                    .await
                    .expect("no error")
                    .len(),
                sees,
                "{who} {table}"
            );
        }
    }
    let restore = format!("select restore_project('{PROJECT}')");
    assert_eq!(
        test.run_as(&person(ADA), &restore).await.expect("restored")[0].get(0),
        Some("t")
    );
    let read = format!("select 1 from projects where id = '{PROJECT}'");
    assert_eq!(
        test.run_as(&person(VIC), &read)
            .await
            .expect("no error")
            .len(),
        1
    );
}

#[tokio::test]
async fn a_copy_has_the_parts_and_not_the_people() {
    let test = sample_db().await;
    let rows = test
        .run_as(
            &person(VIC),
            &format!("select duplicate_project('{PROJECT}', p_name => 'My bakery')"),
        )
        .await
        .expect("a viewer may copy");
    let copy = rows[0].get(0).expect("its id").to_owned();
    let about = format!(
        "select concat_ws(' ', name, status, user_id, duplicated_from_id) from projects where id = '{copy}'"
    );
    assert_eq!(
        test.value(&about).await,
        Some(format!("My bakery draft {VIC} {PROJECT}"))
    );
    let parts = format!(
        "select string_agg(c.name || '<' || coalesce(p.name, '-'), ' ' order by c.name) from project_components c \
         left join project_components p on p.id = c.parent_id and p.project_id = c.project_id where c.project_id = '{copy}'"
    );
    assert_eq!(
        test.value(&parts).await.as_deref(),
        Some("Opening hours<Page Page<-")
    );
    let people = format!("select count(*) from collaborators where project_id = '{copy}'");
    assert_eq!(test.value(&people).await.as_deref(), Some("0"));
    let named = test
        .run_as(
            &person(ADA),
            &format!("select duplicate_project('{PROJECT}')"),
        )
        .await
        .expect("an owner may copy");
    let name = format!(
        "select name from projects where id = '{}'",
        named[0].get(0).expect("its id")
    );
    assert_eq!(
        test.value(&name).await.as_deref(),
        Some("Bakery site (copy)")
    );
    for sql in [
        format!("select duplicate_project('{PROJECT}')"),
        format!("select duplicate_project('{BEN}')"),
    ] {
        let refusal = test
            .run_as(&person(BEN), &sql)
            .await
            .expect_err("nothing of his");
        assert_eq!(refusal.message, "there is no such project");
    }
}

#[tokio::test]
async fn stats_costs_and_quota_are_of_the_caller() {
    let test = sample_db().await;
    let stats = "select total_projects, active_projects, shared_projects, total_components, total_recordings, \
                        total_recording_seconds, total_generations from get_user_project_stats()";
    let rows = test.run_as(&person(ADA), stats).await.expect("stats");
    let got: Vec<_> = (0..7)
        .map(|column| rows[0].get(column).unwrap_or(""))
        .collect();
    assert_eq!(got, ["1", "1", "0", "2", "1", "12.4", "1"]);
    assert_eq!(
        test.run_as(&person(VIC), stats).await.expect("stats")[0].get(2),
        Some("1")
    );
    let costs = "select provider, total_requests, total_input_tokens, total_cost from get_monthly_api_costs(p_month => '2026-03-31')";
    let rows = test.run_as(&person(ADA), costs).await.expect("costs");
    let got: Vec<_> = (0..4)
        .map(|column| rows[0].get(column).unwrap_or(""))
        .collect();
    assert_eq!(got, ["openai", "1", "320", "0.0016"]);
    let before = costs.replace("2026-03-31", "2026-02-28");
    assert!(
        test.run_as(&person(ADA), &before)
            .await
            .expect("none")
            .is_empty()
    );
    for (max, free) in [(1, "f"), (2, "t")] {
        let ask = format!("select check_project_quota(p_max => {max})");
        assert_eq!(
            test.run_as(&person(ADA), &ask).await.expect("an answer")[0].get(0),
            Some(free)
        );
    }
    for sql in [
        format!("select get_user_project_stats('{ADA}')"),
        format!("select get_monthly_api_costs('{ADA}')"),
        format!("select check_project_quota('{ADA}')"),
        format!("select duplicate_project('{BENS_PROJECT}', '{ADA}')"),
    ] {
        assert_eq!(
            test.run_as(&person(BEN), &sql).await.expect_err(&sql).code,
            "42501",
            "{sql}"
        );
        assert!(
            test.run_as(&mindloom::auth::Caller::anonymous(), &sql)
                .await
                .is_err(),
            "{sql}"
        );
    }
    let for_ada = format!("select total_projects from get_user_project_stats('{ADA}')");
    assert_eq!(
        test.run_as(&person(ROOT), &for_ada)
            .await
            .expect("an admin")[0]
            .get(0),
        Some("1")
    );
}

#[tokio::test]
async fn a_quota_is_kept_when_projects_are_made_and_brought_back() {
    let test = sample_db().await;
    let allow = |count: &str| {
        format!(
            "update admin_config set config_data = config_data || '{{\"maxProjectsPerUser\": {count}}}' \
             where config_key = 'app_settings'"
        )
    };
    let quota = "select used, quota from get_project_quota()";
    let figures = async |who: Uuid| {
        let rows = test.run_as(&person(who), quota).await.expect("figures");
        format!(
            "{} {}",
            rows[0].get(0).unwrap_or(""),
            rows[0].get(1).unwrap_or("")
        )
    };
    assert_eq!(figures(ADA).await, "1 50");
    test.run_as(&person(ROOT), &allow("2"))
        .await
        .expect("a quota");
    assert_eq!(figures(ADA).await, "1 2");
    let ada = person(ADA);
    let two = "insert into projects (name) values ('a'), ('b')";
    let refusal = test.run_as(&ada, two).await.expect_err("three in all");
    assert_eq!(
        (refusal.code.as_str(), refusal.message.as_str()),
        (
            "ML001",
            "No more than 2 projects are allowed: delete one first"
        )
    );
    test.run_as(&ada, "insert into projects (name) values ('a')")
        .await
        .expect("a second project");
    let copy = format!("select duplicate_project('{PROJECT}')");
    assert_eq!(
        test.run_as(&ada, &copy).await.expect_err("a copy").code,
        "ML001"
    );
    let bin = format!("select soft_delete_project('{PROJECT}')");
    test.run_as(&ada, &bin).await.expect("one less");
    test.run_as(&ada, "insert into projects (name) values ('b')")
        .await
        .expect("in its place");
    let back = format!("select restore_project('{PROJECT}')");
    assert_eq!(
        test.run_as(&ada, &back).await.expect_err("back").code,
        "ML001"
    );
    test.run_as_owner(&format!(
        "insert into projects (user_id, name) values ('{ADA}', 'c')"
    ))
    .await
    .expect("the operator is not held to it");
    for bad in ["-1", "1.5", "\"2\""] {
        let refusal = test.run_as(&person(ROOT), &allow(bad)).await;
        let refusal = refusal.expect_err(bad);
        assert!(
            refusal.message.contains("maxProjectsPerUser"),
            "{refusal:?}"
        );
    }
}
