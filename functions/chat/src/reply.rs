//! What is answered to one message.

use domain::id::RunId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The whole answer; as a stream, what `done` carries.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reply {
    pub(crate) conversation_id: Uuid,
    pub(crate) message_id: Uuid,
    /// What was done belongs to this run; undo takes it back.
    #[schemars(with = "Uuid")]
    pub(crate) run_id: RunId,
    /// In words.
    pub(crate) text: String,
    /// What was done or found.
    pub(crate) actions: Vec<Action>,
    /// What waits for a yes.
    pub(crate) confirm: Option<Asked>,
    /// What has to be answered first.
    pub(crate) question: Option<String>,
    /// `offline` or `model`.
    pub(crate) interpreter: String,
}

/// One thing that was done or found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Action {
    pub(crate) id: String,
    /// The command or the question: "create_task", "list_tasks".
    pub(crate) name: String,
    /// In words.
    pub(crate) summary: String,
    /// The task as it is now, or the tasks found.
    pub(crate) result: Value,
}

/// Something that a person is asked to confirm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Asked {
    pub(crate) id: Uuid,
    pub(crate) text: String,
    /// One line for each thing that would be done.
    pub(crate) lines: Vec<String>,
}
