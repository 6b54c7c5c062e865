//! The form in which sockets are told what happens on a channel: whoever brings a socket brings its codec.

use bytes::Bytes;

use super::{BroadcastMessage, PresenceDiff};

/// The frames of one protocol, in one version of it. Each is made once for all sockets that share the codec.
#[derive(Debug)]
pub struct Codec {
    /// A broadcast, ready for the wire; nothing where the protocol has no form for it.
    pub broadcast: fn(&BroadcastMessage) -> Option<Bytes>,
    /// Who came and went on the channel of that name, ready for the wire.
    pub presence_diff: fn(&str, &PresenceDiff) -> Option<Bytes>,
}

/// The frames of one message, each made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Frames(Vec<(&'static Codec, Option<Bytes>)>);

impl Frames {
    /// The frame of a codec, made by `make` where it is not there yet.
    pub(super) fn get(
        &mut self,
        codec: &'static Codec,
        make: impl FnOnce(&'static Codec) -> Option<Bytes>,
    ) -> Option<Bytes> {
        let made = self.0.iter().find(|(of, _)| std::ptr::eq(*of, codec));
        if let Some((_, frame)) = made {
            return frame.clone();
        }
        let frame = make(codec);
        self.0.push((codec, frame.clone()));
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: Codec = Codec {
        broadcast: |_| None,
        presence_diff: |_, _| None,
    };
    static OTHER: Codec = Codec {
        broadcast: |_| None,
        presence_diff: |name, _| Some(Bytes::copy_from_slice(name.as_bytes())),
    };

    #[test]
    fn a_frame_is_made_once_for_each_codec() {
        let mut frames = Frames::default();
        let mut made = 0;
        let mut get = |codec| {
            frames.get(codec, |codec| {
                made += 1;
                (codec.presence_diff)("room", &PresenceDiff::default())
            })
        };
        assert_eq!(get(&ONE), None);
        assert_eq!(get(&OTHER), Some(Bytes::from_static(b"room")));
        assert_eq!(
            (get(&ONE), get(&OTHER)),
            (None, Some(Bytes::from_static(b"room")))
        );
        assert_eq!(made, 2);
    }
}
