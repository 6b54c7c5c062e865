//! Artifacts: which there are, what is in them, and their end.

use serde_json::json;

use super::{OwnTool, Ran, ToolContext, id_of, object};
use crate::{chats::parts::Call, error::Result};

pub(super) const LIST: OwnTool = OwnTool {
    name: "listArtifacts",
    description: "Lists the artifacts of this chat and the person's newest others, with their ids.",
    parameters: || object(json!({}), &[]),
};

pub(super) const READ: OwnTool = OwnTool {
    name: "readArtifact",
    description: "Reads an artifact of the person: its latest version, or the one of a number.",
    parameters: || {
        object(
            json!({"id": {"type": "string"}, "version": {"type": "integer"}}),
            &["id"],
        )
    },
};

pub(super) const DELETE: OwnTool = OwnTool {
    name: "deleteArtifact",
    description: "Deletes an artifact with all its versions. The person is asked first.",
    parameters: || object(json!({"id": {"type": "string"}}), &["id"]),
};

const ALL: &str = "
    select a.id::text, a.title, a.kind::text, a.version_number from (
      select distinct on (v.id) v.* from public.artifacts v order by v.id, v.version_number desc
    ) a order by (a.chat_id = $1) desc nulls last, a.created_at desc limit 30";
const ONE: &str = "
    select a.title, a.kind::text, a.version_number, left(a.content, 100000) from public.artifacts a
    where a.id = $1 and ($2::integer is null or a.version_number = $2) order by a.version_number desc limit 1";
const REMOVE: &str = "delete from public.artifacts where id = $1 returning id::text";

pub(super) async fn list(context: &ToolContext<'_>) -> Result<Ran> {
    let rows = context.rows(ALL, &[&context.chat]).await?;
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.get::<_, String>(0),
                "title": row.get::<_, String>(1),
                "kind": row.get::<_, String>(2),
                "version": row.get::<_, i32>(3),
            })
        })
        .collect();
    Ok(Ran::Done(json!({ "artifacts": found })))
}

pub(super) async fn read(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    let version = call.input["version"].as_i64();
    let version = version.and_then(|version| i32::try_from(version).ok());
    let rows = context.rows(ONE, &[&id_of(call)?, &version]).await?;
    let Some(row) = rows.first() else {
        return Ok(Ran::Failed(
            "The person has no such artifact or version.".into(),
        ));
    };
    Ok(Ran::Done(json!({
        "title": row.get::<_, String>(0),
        "kind": row.get::<_, String>(1),
        "version": row.get::<_, i32>(2),
        "content": row.get::<_, Option<String>>(3),
    })))
}

pub(super) async fn delete(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    let id = id_of(call)?;
    if call.approved != Some(true) {
        let rows = context.rows(ONE, &[&id, &None::<i32>]).await?;
        let Some(row) = rows.first() else {
            return Ok(Ran::Failed("The person has no such artifact.".into()));
        };
        let (title, versions): (String, i32) = (row.get(0), row.get(2));
        return Ok(Ran::Asks {
            summary: format!("Delete “{title}” with its {versions} versions"),
            input: call.input.clone(),
        });
    }
    match context.changed(REMOVE, &[&id]).await?.len() {
        0 => Ok(Ran::Failed(
            "The person has no such artifact any more.".into(),
        )),
        versions => Ok(Ran::Done(json!({"deleted": id, "versions": versions}))),
    }
}
