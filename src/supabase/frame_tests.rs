use std::sync::Arc;

use serde_json::json;

use super::*;

fn unframed(frame: &[u8]) -> &[u8] {
    let start = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    &frame[start..]
}

fn as_json(frame: &[u8]) -> serde_json::Value {
    assert_eq!(frame[0], 0x81, "a text frame");
    serde_json::from_slice(unframed(frame)).unwrap()
}

fn json_message(text: &str) -> BroadcastMessage {
    BroadcastMessage {
        channel: Arc::from("room"),
        private: false,
        event: Arc::from("cursor"),
        payload: Payload::Json(RawValue::from_string(text.to_owned()).unwrap()),
        whole: None,
        id: None,
        replayed: false,
    }
}

#[test]
fn reads_version_1() {
    let text = r#"{"topic":"realtime:room","event":"phx_join","payload":{"config":{}},"ref":"1","join_ref":"1"}"#;
    let incoming = decode_text(Version::V1, text).unwrap();
    assert_eq!(
        (incoming.join_ref.as_deref(), incoming.reference.as_deref()),
        (Some("1"), Some("1"))
    );
    assert_eq!(
        (&*incoming.topic, &*incoming.event),
        ("realtime:room", "phx_join")
    );
    let Pushed::Json(payload) = incoming.payload else {
        panic!("JSON")
    };
    assert_eq!(payload.get(), r#"{"config":{}}"#);

    let heartbeat = r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":7}"#;
    let incoming = decode_text(Version::V1, heartbeat).unwrap();
    assert_eq!(
        (incoming.join_ref.as_deref(), incoming.reference.as_deref()),
        (None, Some("7"))
    );
}

#[test]
fn reads_version_2() {
    let incoming = decode_text(Version::V2, r#"[null,"26","phoenix","heartbeat",{}]"#).unwrap();
    assert_eq!(
        (incoming.join_ref.as_deref(), incoming.reference.as_deref()),
        (None, Some("26"))
    );
    assert_eq!(
        (&*incoming.topic, &*incoming.event),
        ("phoenix", "heartbeat")
    );
    for wrong in [
        "{}",
        "[]",
        "[1,2,3]",
        "not json",
        r#"["1","2",3,"event",{}]"#,
    ] {
        assert!(decode_text(Version::V2, wrong).is_err(), "{wrong}");
    }
}

#[test]
fn reads_a_binary_broadcast() {
    let mut bytes = vec![3, 1, 2, 13, 6, 0, 1];
    bytes.extend_from_slice(b"112realtime:roomcursor{\"x\":1}");
    let incoming = decode_binary(&bytes).unwrap();
    assert_eq!(
        (incoming.join_ref.as_deref(), incoming.reference.as_deref()),
        (Some("1"), Some("12"))
    );
    assert_eq!(
        (&*incoming.topic, &*incoming.event),
        ("realtime:room", "broadcast")
    );
    let Pushed::Broadcast {
        event,
        payload,
        json,
    } = incoming.payload
    else {
        panic!("a broadcast")
    };
    assert_eq!((event, payload, json), ("cursor", &b"{\"x\":1}"[..], true));

    let mut bytes = vec![3, 0, 0, 13, 6, 2, 0];
    bytes.extend_from_slice(b"realtime:roomcursor{}\xFF\x00");
    let incoming = decode_binary(&bytes).unwrap();
    assert_eq!((incoming.join_ref, incoming.reference), (None, None));
    let Pushed::Broadcast { payload, json, .. } = incoming.payload else {
        panic!("a broadcast")
    };
    assert_eq!((payload, json), (&b"\xFF\x00"[..], false));
}

#[test]
fn refuses_binary_that_is_cut_or_foreign() {
    let mut not_json = vec![3, 0, 0, 1, 1, 0, 1];
    not_json.extend_from_slice(b"te{oops");
    for wrong in [
        &[][..],
        &[3, 1],
        &[3, 200, 1, 1, 1, 0, 1, b'a'],
        &[4, 0, 0, 0, 0],
        &[9],
        &not_json,
    ] {
        assert!(decode_binary(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn replies_repeat_the_references() {
    let incoming = decode_text(Version::V2, r#"["3","9","realtime:room","phx_leave",{}]"#).unwrap();
    assert_eq!(
        as_json(&reply(Version::V2, &incoming, "ok", json!({}))),
        json!(["3", "9", "realtime:room", "phx_reply", {"status": "ok", "response": {}}])
    );
    assert_eq!(
        as_json(&reply(
            Version::V1,
            &incoming,
            "error",
            json!({"reason": "Unauthorized: no"})
        )),
        json!({
            "topic": "realtime:room", "event": "phx_reply", "ref": "9",
            "payload": {"status": "error", "response": {"reason": "Unauthorized: no"}}
        })
    );
}

#[test]
fn a_broadcast_in_each_form() {
    let message = json_message(r#"{"x":1}"#);
    assert_eq!(
        as_json(&broadcast(Version::V1, &message).unwrap()),
        json!({
            "topic": "realtime:room", "event": "broadcast", "ref": null,
            "payload": {"event": "cursor", "type": "broadcast", "payload": {"x": 1}}
        })
    );
    let frame = broadcast(Version::V2, &message).unwrap();
    assert_eq!(frame[0], 0x82, "a binary frame");
    assert_eq!(
        unframed(&frame),
        b"\x04\x0D\x06\x00\x01realtime:roomcursor{\"x\":1}"
    );
}

#[test]
fn the_id_of_a_message_from_the_database_travels_as_meta() {
    let mut message = json_message("{}");
    message.id = Some(uuid::Uuid::nil());
    let meta = json!({"id": uuid::Uuid::nil()});
    assert_eq!(
        as_json(&broadcast(Version::V1, &message).unwrap())["payload"]["meta"],
        meta
    );
    let frame = broadcast(Version::V2, &message).unwrap();
    let length = usize::from(unframed(&frame)[3]);
    assert_eq!(
        unframed(&frame)[24..24 + length],
        *meta.to_string().as_bytes()
    );
}

#[test]
fn a_text_push_is_passed_on_as_it_was() {
    let mut message = json_message(r#"{"x":1}"#);
    let whole = r#"{"type":"broadcast","event":"cursor","payload":{"x":1},"extra":true}"#;
    message.whole = Some(RawValue::from_string(whole.to_owned()).unwrap());
    for version in [Version::V1, Version::V2] {
        let text = String::from_utf8(broadcast(version, &message).unwrap().to_vec()[4..].to_vec())
            .unwrap();
        assert!(text.contains(whole), "{text}");
    }
}

#[test]
fn bytes_reach_version_2_only_and_long_names_go_as_text() {
    let mut message = json_message("{}");
    message.payload = Payload::Binary(Bytes::from_static(b"\x00\xFF"));
    assert_eq!(broadcast(Version::V1, &message), None);
    let frame = broadcast(Version::V2, &message).unwrap();
    assert_eq!(
        unframed(&frame),
        b"\x04\x0D\x06\x00\x00realtime:roomcursor\x00\xFF"
    );

    let mut message = json_message("{}");
    message.event = Arc::from("e".repeat(300));
    assert_eq!(
        as_json(&broadcast(Version::V2, &message).unwrap())[4]["event"],
        "e".repeat(300)
    );
}
