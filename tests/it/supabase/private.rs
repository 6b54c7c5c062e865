use serde_json::json;

use super::server::{Client, Server, anon, token};
use crate::support::TestDb;

/// Members of a room listen, its owner also speaks; presence is for the owner alone.
const POLICIES: &str = "
    create table public.room_members (room text, user_id uuid, speaks boolean);
    grant select on public.room_members to authenticated;
    create policy listen on realtime.messages for select to authenticated using (
      extension in ('broadcast', 'presence') and exists (
        select from public.room_members m
        where m.room = realtime.topic() and m.user_id = (select auth.uid())
          and (m.speaks or messages.extension = 'broadcast')));
    create policy speak on realtime.messages for insert to authenticated with check (
      exists (select from public.room_members m
        where m.room = realtime.topic() and m.user_id = (select auth.uid()) and m.speaks));
    create policy broken on realtime.messages for select to authenticated using (
      realtime.topic() = 'broken' and 1 / (length(realtime.topic()) - 6) = 1)";

struct Room {
    test: TestDb,
    server: Server,
    owner: String,
    member: String,
    stranger: String,
}

async fn room() -> Room {
    let test = TestDb::new().await;
    let owner = test.user("owner@example.org").await.user_id;
    let member = test.user("member@example.org").await.user_id;
    let stranger = test.user("stranger@example.org").await.user_id;
    let client = test.db.system().await.expect("a connection");
    client.batch_execute(POLICIES).await.expect("the policies");
    let insert = "insert into public.room_members values ('room', $1, true), ('room', $2, false)";
    client
        .execute(insert, &[&owner, &member])
        .await
        .expect("the members");
    drop(client);
    let server = Server::start(&test.db, &["--realtime-recheck-ms", "1000"]).await;
    let of = |user| token("authenticated", user, 600);
    let (owner, member, stranger) = (of(owner), of(member), of(stranger));
    Room {
        test,
        server,
        owner,
        member,
        stranger,
    }
}

async fn enter(room: &Room, token: &str) -> (Client, String) {
    let mut client = room.server.client(token).await;
    let join = client
        .joined(
            "realtime:room",
            json!({"private": true, "broadcast": {"ack": true}}),
        )
        .await;
    (client, join)
}

#[tokio::test]
async fn policies_decide_who_listens_and_who_speaks() {
    let room = room().await;
    for token in [&room.stranger, &anon()] {
        let mut client = room.server.client(token).await;
        let (_, reply) = client
            .join("realtime:room", json!({"config": {"private": true}}))
            .await;
        assert_eq!(
            reply["response"]["reason"],
            "Unauthorized: You do not have permissions to read from this Channel topic: room"
        );
        // The public channel of the name is another one, and open.
        client.joined("realtime:room", json!({})).await;
    }
    let (mut owner, owner_join) = enter(&room, &room.owner).await;
    let (mut member, member_join) = enter(&room, &room.member).await;
    owner
        .broadcast(&owner_join, "realtime:room", "said", 1, b"{}")
        .await;
    assert_eq!(owner.next_text().await[4]["status"], "ok");
    assert_eq!(member.next_broadcast().await.0, "said");
    member
        .broadcast(&member_join, "realtime:room", "unsaid", 1, b"{}")
        .await;
    assert_eq!(
        member.next_text().await[4]["response"]["reason"],
        "Unauthorized: You do not have permissions to write to this Channel topic: room"
    );
    owner.nothing_comes().await;
}

#[tokio::test]
async fn presence_has_rights_of_its_own() {
    let room = room().await;
    let config = json!({"private": true, "presence": {"key": "me", "enabled": true}});
    let mut member = room.server.client(&room.member).await;
    let join = member.joined("realtime:room", config.clone()).await;
    member.nothing_comes().await;
    let track = json!({"event": "track", "payload": {}});
    member
        .push(Some(&join), "realtime:room", "presence", track.clone())
        .await;
    assert_eq!(member.next_text().await[4]["status"], "error");
    let mut owner = room.server.client(&room.owner).await;
    let join = owner.joined("realtime:room", config).await;
    assert_eq!(owner.next_text().await[3], "presence_state");
    owner
        .push(Some(&join), "realtime:room", "presence", track)
        .await;
    assert_eq!(owner.next_text().await[4]["status"], "ok");
    assert_eq!(owner.next_text().await[3], "presence_diff");
    member.nothing_comes().await;
}

#[tokio::test]
async fn a_policy_that_raises_allows_nothing_and_disturbs_nobody() {
    let room = room().await;
    let (mut owner, owner_join) = enter(&room, &room.owner).await;
    let (mut member, _) = enter(&room, &room.member).await;
    let mut unlucky = room.server.client(&room.stranger).await;
    let (_, reply) = unlucky
        .join("realtime:broken", json!({"config": {"private": true}}))
        .await;
    assert_eq!(
        reply["response"]["reason"],
        "Unauthorized: You do not have permissions to read from this Channel topic: broken"
    );
    owner
        .broadcast(&owner_join, "realtime:room", "still here", 1, b"{}")
        .await;
    assert_eq!(member.next_broadcast().await.0, "still here");
}

#[tokio::test]
async fn a_right_that_is_withdrawn_ends_the_channel() {
    let room = room().await;
    let (mut owner, owner_join) = enter(&room, &room.owner).await;
    let (mut member, _) = enter(&room, &room.member).await;
    let client = room.test.db.system().await.expect("a connection");
    client
        .batch_execute("delete from public.room_members where not speaks")
        .await
        .expect("withdrawn");
    let told = member.next_text().await;
    assert_eq!(told[3], "system");
    assert_eq!(
        told[4]["message"],
        "You no longer have permission to read from this Channel topic: room"
    );
    assert_eq!(member.next_text().await[3], "phx_close");
    owner
        .broadcast(&owner_join, "realtime:room", "later", 1, b"{}")
        .await;
    assert_eq!(
        owner.next_text().await[4]["status"],
        "ok",
        "the others go on"
    );
    member.nothing_comes().await;
}

#[tokio::test]
async fn what_was_sent_from_sql_can_be_repeated() {
    let room = room().await;
    let client = room.test.db.system().await.expect("a connection");
    for number in 1..=4 {
        let sql = format!("select realtime.send('{{\"n\": {number}}}', 'sql', 'room', true)");
        client.batch_execute(&sql).await.expect("sent");
    }
    let mut member = room.server.client(&room.member).await;
    let config = json!({"private": true, "broadcast": {"replay": {"since": 0, "limit": 2}}});
    member.joined("realtime:room", config).await;
    for number in [3, 4] {
        let (event, meta, payload) = member.next_broadcast_with_meta().await;
        let payload: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
        assert_eq!((&*event, &payload["n"]), ("sql", &json!(number)));
        assert!(meta.contains("\"replayed\":true"), "{meta}");
    }
    let config = json!({"config": {"broadcast": {"replay": {"since": 0}}}});
    let (_, refused) = member.join("realtime:elsewhere", config).await;
    let reason = "UnableToReplayMessages: Replay is not allowed for public channels";
    assert_eq!(refused["response"]["reason"], reason);
}
