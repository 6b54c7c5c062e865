//! Projects that are shared with people by invitation.

use serde_json::{Value, json};

use super::{
    flows::{PASSWORD, Session, code},
    server::{Options, Server},
};

const INVITE: &str = "mutation($p: UUID!, $e: String!, $r: CollaboratorRole! = EDITOR) {
    inviteCollaborator(projectId: $p, email: $e, role: $r, redirectTo: \"https://app.example/join\") {
        id email role state invitedBy } }";
const ACCEPT: &str = "mutation($i: UUID, $t: String) { acceptInvitation(id: $i, token: $t) {
    role userId invitedBy project { name } } }";
const DECLINE: &str = "mutation($i: UUID, $t: String) { declineInvitation(id: $i, token: $t) }";
const CANCEL: &str = "mutation($i: UUID!) { cancelInvitation(id: $i) { state } }";
const MINE: &str = "{ myInvitations { id projectName role inviterName } }";
const OPEN: &str = "{ projectInvitations { nodes { email state } } }";
const PEOPLE: &str =
    "query($p: UUID) { people(projectId: $p) { userId displayName role isOwner } }";
const SUBJECT: &str = "You are invited to a project";

/// A server that lets links lead to an application.
pub(super) async fn start() -> Server {
    Server::with(Options {
        redirect_urls: "https://app.example/join",
        ..Default::default()
    })
    .await
}

impl Server {
    async fn project(&self, owner: &Session, name: &str) -> Value {
        let query = "mutation($n: String!) { createProject(input: {name: $n}) { id } }";
        let made = self
            .ok(Some(&owner.access), query, json!({"n": name}))
            .await;
        made["createProject"]["id"].clone()
    }

    pub(super) async fn called(&self, who: &Session, name: &str) {
        let query =
            "mutation($i: UUID!, $n: String) { updateUser(id: $i, set: {displayName: $n}) { id } }";
        self.ok(
            Some(&who.access),
            query,
            json!({"i": who.user_id, "n": name}),
        )
        .await;
    }

    /// The token of the newest invitation to an address.
    async fn invitation_token(&self, email: &str) -> String {
        let mail = self.mail_to(email, SUBJECT).await;
        let (_, token) = mail.link().split_once("invitation=").expect("a token");
        token.to_owned()
    }
}

#[tokio::test]
async fn an_invitation_waits_for_whoever_proves_the_address() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    server.called(&ada, "Ada").await;
    let project = server.project(&ada, "Mill").await;
    let asked = json!({"p": project, "e": "Ben@Example.org"});
    let invited = server.ok(Some(&ada.access), INVITE, asked).await;
    let invitation = &invited["inviteCollaborator"];
    assert_eq!(
        (
            &invitation["email"],
            &invitation["state"],
            &invitation["invitedBy"]
        ),
        (
            &json!("ben@example.org"),
            &json!("PENDING"),
            &json!(ada.user_id)
        )
    );
    // An address with an account gets the same answer and the same mail.
    let carl = server.member("carl@example.org").await;
    let asked = json!({"p": project, "e": "carl@example.org"});
    let known = server.ok(Some(&ada.access), INVITE, asked).await;
    let mut one = known["inviteCollaborator"].clone();
    let mut other = invitation.clone();
    for answer in [&mut one, &mut other] {
        answer["id"] = json!(null);
        answer["email"] = json!(null);
    }
    assert_eq!(one, other);
    server.invitation_token("carl@example.org").await;

    server.sign_up("ben@example.org", PASSWORD).await;
    let token = server
        .mail_to("ben@example.org", "Confirm your address")
        .await;
    let ben = server.verify_token("CONFIRM_EMAIL", &token.token()).await;
    let mine = server.ok(Some(&ben.access), MINE, json!({})).await;
    assert_eq!(
        mine["myInvitations"],
        json!([{"id": invitation["id"], "projectName": "Mill", "role": "EDITOR", "inviterName": "Ada"}])
    );
    let answer = json!({"i": invitation["id"]});
    for stranger in [&carl, &ada] {
        let refused = server
            .run(Some(&stranger.access), ACCEPT, answer.clone())
            .await;
        assert_eq!(code(&refused), "NOT_FOUND", "{refused}");
    }
    assert_eq!(
        code(&server.run(None, ACCEPT, answer.clone()).await),
        "UNAUTHENTICATED"
    );
    let accepted = server.ok(Some(&ben.access), ACCEPT, answer.clone()).await;
    assert_eq!(
        accepted["acceptInvitation"],
        json!({"role": "EDITOR", "userId": ben.user_id, "invitedBy": ada.user_id, "project": {"name": "Mill"}})
    );
    assert_eq!(
        code(&server.run(Some(&ben.access), ACCEPT, answer).await),
        "NOT_FOUND",
        "an invitation is answered once"
    );
    let states = server.ok(Some(&ada.access), OPEN, json!({})).await;
    let nodes = states["projectInvitations"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2, "{states}");
    let of_ben = nodes.iter().find(|one| one["email"] == "ben@example.org");
    assert_eq!(of_ben.unwrap()["state"], "ACCEPTED");
    let carls = server.ok(Some(&carl.access), OPEN, json!({})).await;
    assert_eq!(
        carls["projectInvitations"]["nodes"],
        json!([{"email": "carl@example.org", "state": "PENDING"}]),
        "his own alone"
    );
}

#[tokio::test]
async fn an_address_that_is_not_proved_opens_nothing() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let project = server.project(&ada, "Mill").await;
    let asked = json!({"p": project, "e": "ben@example.org"});
    let invited = server.ok(Some(&ada.access), INVITE, asked).await;
    let mallory = server.member("mallory@example.org").await;
    // As if a database of before knew an address that nobody proved.
    let id: uuid::Uuid = mallory.user_id.parse().unwrap();
    let sql =
        "update auth.users set email = 'ben@example.org', email_confirmed_at = null where id = $1";
    server.sql(sql, &[&id]).await;
    let answer = json!({"i": invited["inviteCollaborator"]["id"]});
    let refused = server.run(Some(&mallory.access), ACCEPT, answer).await;
    assert_eq!(code(&refused), "NOT_FOUND");
    let mine = server.ok(Some(&mallory.access), MINE, json!({})).await;
    assert_eq!(mine["myInvitations"], json!([]));
    let seen = server.ok(Some(&mallory.access), OPEN, json!({})).await;
    assert_eq!(seen["projectInvitations"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_token_is_good_once_and_only_the_newest() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let project = server.project(&ada, "Mill").await;
    let asked = json!({"p": project, "e": "somebody@example.org"});
    let invited = server.ok(Some(&ada.access), INVITE, asked.clone()).await;
    let first = server.mail_to("somebody@example.org", SUBJECT).await;
    let (_, old) = first.link().split_once("invitation=").unwrap();
    let again = server.ok(Some(&ada.access), INVITE, asked).await;
    assert_eq!(
        invited["inviteCollaborator"]["id"], again["inviteCollaborator"]["id"],
        "renewed, not doubled"
    );
    server.mail_after(&first).await;
    let token = server.invitation_token("somebody@example.org").await;
    let stored: String = server
        .one("select token_hash from public.project_invitations", &[])
        .await;
    assert_ne!(stored, token, "a hash is stored");
    for (query, wrong) in [
        (ACCEPT, json!({"t": old})),
        (ACCEPT, json!({"t": stored})),
        (DECLINE, json!({"t": old})),
    ] {
        assert_eq!(
            code(&server.run(Some(&ben.access), query, wrong).await),
            "NOT_FOUND"
        );
    }
    for nothing in [json!({}), json!({"i": project, "t": token})] {
        assert_eq!(
            code(&server.run(Some(&ben.access), ACCEPT, nothing).await),
            "BAD_USER_INPUT"
        );
    }
    let anonymous = "mutation { signInAnonymously { accessToken } }";
    let anonymous =
        server.ok(None, anonymous, json!({})).await["signInAnonymously"]["accessToken"].clone();
    let refused = server
        .run(anonymous.as_str(), ACCEPT, json!({"t": token}))
        .await;
    assert_eq!(code(&refused), "FORBIDDEN", "{refused}");
    let accepted = server
        .ok(Some(&ben.access), ACCEPT, json!({"t": token}))
        .await;
    assert_eq!(accepted["acceptInvitation"]["userId"], json!(ben.user_id));
    assert_eq!(
        code(
            &server
                .run(Some(&ben.access), DECLINE, json!({"t": token}))
                .await
        ),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn invitations_are_declined_cancelled_and_end() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let carl = server.member("carl@example.org").await;
    let project = server.project(&ada, "Mill").await;
    let invite = async || {
        let asked = json!({"p": project, "e": "ben@example.org"});
        let invited = server.ok(Some(&ada.access), INVITE, asked).await;
        json!({"i": invited["inviteCollaborator"]["id"]})
    };
    let which = invite().await;
    assert_eq!(
        server.ok(Some(&ben.access), DECLINE, which.clone()).await["declineInvitation"],
        true
    );
    assert_eq!(
        code(&server.run(Some(&ben.access), ACCEPT, which).await),
        "NOT_FOUND"
    );
    let which = invite().await;
    for stranger in [&ben, &carl] {
        let refused = server
            .run(Some(&stranger.access), CANCEL, which.clone())
            .await;
        assert_eq!(code(&refused), "NOT_FOUND");
    }
    let cancelled = server.ok(Some(&ada.access), CANCEL, which.clone()).await;
    assert_eq!(cancelled["cancelInvitation"]["state"], "CANCELLED");
    assert_eq!(
        code(&server.run(Some(&ben.access), ACCEPT, which).await),
        "NOT_FOUND"
    );
    let which = invite().await;
    server
        .sql(
            "update public.project_invitations set expires_at = now() where state = 'pending'",
            &[],
        )
        .await;
    assert_eq!(
        code(&server.run(Some(&ben.access), ACCEPT, which).await),
        "NOT_FOUND"
    );
    let mine = server.ok(Some(&ben.access), MINE, json!({})).await;
    assert_eq!(mine["myInvitations"], json!([]));
}

#[tokio::test]
async fn only_who_may_share_a_project_invites() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let project = server.project(&ada, "Mill").await;
    let asked = |email: &str| json!({"p": project, "e": email});
    let try_it = async |who: Option<&str>, email: &str| {
        code(&server.run(who, INVITE, asked(email)).await).to_owned()
    };
    assert_eq!(try_it(None, "x@example.org").await, "UNAUTHENTICATED");
    assert_eq!(
        try_it(Some(&ben.access), "x@example.org").await,
        "NOT_FOUND"
    );
    assert_eq!(
        try_it(Some(&ada.access), "no address").await,
        "BAD_USER_INPUT"
    );
    server
        .ok(Some(&ada.access), INVITE, asked("ben@example.org"))
        .await;
    let token = server.invitation_token("ben@example.org").await;
    server
        .ok(Some(&ben.access), ACCEPT, json!({"t": token}))
        .await;
    assert_eq!(
        try_it(Some(&ben.access), "x@example.org").await,
        "NOT_FOUND",
        "an editor does not share"
    );
    let direct = "mutation($p: UUID!, $u: UUID!) { createCollaborator(input: {projectId: $p, userId: $u}) { id } }";
    let refused = server
        .run(
            Some(&ada.access),
            direct,
            json!({"p": project, "u": ben.user_id}),
        )
        .await;
    assert_eq!(
        code(&refused),
        "GRAPHQL_VALIDATION_FAILED",
        "there is no such way"
    );
    let outside =
        "mutation($p: UUID!) { inviteCollaborator(projectId: $p, email: \"x@example.org\",
        redirectTo: \"https://evil.example/\") { id } }";
    let refused = server
        .run(Some(&ada.access), outside, json!({"p": project}))
        .await;
    assert_eq!(
        code(&refused),
        "BAD_USER_INPUT",
        "tokens do not travel to strangers"
    );
}

#[tokio::test]
async fn people_see_the_names_of_those_they_share_with_and_of_nobody_else() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let carl = server.member("carl@example.org").await;
    server.called(&ada, "Ada").await;
    server.called(&ben, "Ben").await;
    server.called(&carl, "Carl").await;
    let project = server.project(&ada, "Mill").await;
    server.project(&carl, "Carl's").await;
    let of = json!({"p": project});
    let alone = server.ok(Some(&ada.access), PEOPLE, of.clone()).await;
    let owner =
        json!({"userId": ada.user_id, "displayName": "Ada", "role": "OWNER", "isOwner": true});
    assert_eq!(alone["people"], json!([owner]));
    let asked = json!({"p": project, "e": "ben@example.org"});
    server.ok(Some(&ada.access), INVITE, asked).await;
    let before = server.ok(Some(&ben.access), PEOPLE, of.clone()).await;
    assert_eq!(before["people"], json!([]), "being asked is not belonging");
    let token = server.invitation_token("ben@example.org").await;
    server
        .ok(Some(&ben.access), ACCEPT, json!({"t": token}))
        .await;
    let guest =
        json!({"userId": ben.user_id, "displayName": "Ben", "role": "EDITOR", "isOwner": false});
    for who in [&ada, &ben] {
        let seen = server.ok(Some(&who.access), PEOPLE, of.clone()).await;
        assert_eq!(seen["people"], json!([owner, guest]));
    }
    let everybody = server.ok(Some(&ben.access), PEOPLE, json!({})).await;
    assert_eq!(
        everybody["people"],
        json!([owner, guest]),
        "Carl is not among them"
    );
    let carls = server.ok(Some(&carl.access), PEOPLE, of.clone()).await;
    assert_eq!(carls["people"], json!([]));
    let profiles = server
        .ok(Some(&ben.access), "{ users { nodes { id } } }", json!({}))
        .await;
    assert_eq!(
        profiles["users"]["nodes"],
        json!([{"id": ben.user_id}]),
        "profiles stay closed"
    );
    let leave = "mutation($p: UUID!) { leaveProject(id: $p) }";
    assert_eq!(
        code(&server.run(Some(&ada.access), leave, of.clone()).await),
        "NOT_FOUND"
    );
    server.ok(Some(&ben.access), leave, of.clone()).await;
    let after = server.ok(Some(&ben.access), PEOPLE, of.clone()).await;
    assert_eq!(after["people"], json!([]));
    assert_eq!(
        code(&server.run(Some(&ben.access), leave, of).await),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn a_project_is_handed_over_to_somebody_who_accepted() {
    let server = start().await;
    let ada = server.member("ada@example.org").await;
    let ben = server.member("ben@example.org").await;
    let project = server.project(&ada, "Mill").await;
    let transfer =
        "mutation($p: UUID!, $u: UUID!) { transferProject(id: $p, userId: $u) { userId } }";
    let to_ben = json!({"p": project, "u": ben.user_id});
    let refused = server
        .run(Some(&ada.access), transfer, to_ben.clone())
        .await;
    assert_eq!(
        code(&refused),
        "BAD_USER_INPUT",
        "he has not accepted: {refused}"
    );
    let asked = json!({"p": project, "e": "ben@example.org"});
    server.ok(Some(&ada.access), INVITE, asked).await;
    let refused = server
        .run(Some(&ada.access), transfer, to_ben.clone())
        .await;
    assert_eq!(
        code(&refused),
        "BAD_USER_INPUT",
        "being asked is not enough"
    );
    let token = server.invitation_token("ben@example.org").await;
    server
        .ok(Some(&ben.access), ACCEPT, json!({"t": token}))
        .await;
    let to_self = json!({"p": project, "u": ben.user_id});
    let refused = server.run(Some(&ben.access), transfer, to_self).await;
    assert_eq!(code(&refused), "NOT_FOUND", "it is not his to take");
    let moved = server.ok(Some(&ada.access), transfer, to_ben).await;
    assert_eq!(moved["transferProject"]["userId"], json!(ben.user_id));
    let people = server
        .ok(Some(&ada.access), PEOPLE, json!({"p": project}))
        .await;
    let roles: Vec<_> = people["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["userId"].clone(),
                one["role"].clone(),
                one["isOwner"].clone(),
            )
        })
        .collect();
    assert_eq!(
        roles,
        [
            (json!(ben.user_id), json!("OWNER"), json!(true)),
            (json!(ada.user_id), json!("EDITOR"), json!(false)),
        ]
    );
    let bin = "mutation($p: UUID!) { softDeleteProject(id: $p) { id } }";
    let refused = server
        .run(Some(&ada.access), bin, json!({"p": project}))
        .await;
    assert_eq!(code(&refused), "NOT_FOUND", "hers no longer");
}
