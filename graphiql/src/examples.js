/** The tabs with which GraphiQL opens: one of each kind of operation. */
export const examples = [
  `# Welcome. First sign in, at the top right.
# Ctrl+Enter runs what stands here, Ctrl+Space completes it.
# This lists your notes; other tabs make one, or watch.

query MyNotes {
  me {
    email
    isAnonymous
  }
  notes(first: 10, orderBy: [{ createdAt: DESC }]) {
    totalCount
    nodes {
      id
      content
      tags
      createdAt
    }
  }
}
`,
  `# Makes a note. Have WatchNotes or LiveNotes running
# in another window to see it arrive there.

mutation MakeNote {
  createNote(input: { content: "Written in GraphiQL", tags: ["first"] }) {
    id
    content
    createdAt
  }
}
`,
  `# Every change of your notes from now on, whoever makes it:
# another window, another program, SQL.
# Run it, then run MakeNote in another window.

subscription WatchNotes {
  notesChanges {
    operation
    changedColumns
    record {
      id
      content
    }
    cursor
  }
}
`,
  `# The whole answer, and again whenever it would be another.
# Run it, then run MakeNote in another window.

subscription LiveNotes {
  live {
    notes(first: 5, orderBy: [{ createdAt: DESC }]) {
      totalCount
      nodes {
        content
      }
    }
  }
}
`,
  `# Who is on a channel, and who comes and goes.
# Run it, then run this in another window:
#   mutation { trackPresence(channel: "lobby", key: "me") }
#
# Messages are sent in the same way:
#   subscription { broadcast(channel: "lobby") { payload } }
#   mutation {
#     sendBroadcast(channel: "lobby", event: "hi", payload: {})
#   }

subscription Lobby {
  presence(channel: "lobby") {
    complete
    joins {
      key
      meta
    }
    leaves {
      key
    }
  }
}
`,
].map((query) => ({ query }));
