//! The methods of the Model Context Protocol.

use botmeter_core::closed_label;

closed_label! {
    /// What a client asks of an MCP server, or tells it.
    ///
    /// ```
    /// use botmeter_http::McpMethod;
    ///
    /// assert_eq!(McpMethod::named("tools/call"), McpMethod::ToolsCall);
    /// assert_eq!(McpMethod::named("x-vendor/thing"), McpMethod::Other);
    /// ```
    pub enum McpMethod: "method" {
        /// Begins a session.
        Initialize => "initialize",
        /// Asks whether the other side is there.
        Ping => "ping",
        /// Calls a tool.
        ToolsCall => "tools/call",
        /// Asks for the tools.
        ToolsList => "tools/list",
        /// Asks for a prompt.
        PromptsGet => "prompts/get",
        /// Asks for the prompts.
        PromptsList => "prompts/list",
        /// Asks for the resources.
        ResourcesList => "resources/list",
        /// Reads a resource.
        ResourcesRead => "resources/read",
        /// Asks to be told when a resource changes.
        ResourcesSubscribe => "resources/subscribe",
        /// Asks for the templates of resources.
        ResourcesTemplatesList => "resources/templates/list",
        /// Asks no longer to be told when a resource changes.
        ResourcesUnsubscribe => "resources/unsubscribe",
        /// Completes an argument.
        CompletionComplete => "completion/complete",
        /// Sets what the server logs.
        LoggingSetLevel => "logging/setLevel",
        /// Asks the client's model for a message.
        SamplingCreateMessage => "sampling/createMessage",
        /// Asks the client's user.
        ElicitationCreate => "elicitation/create",
        /// Asks for the client's roots.
        RootsList => "roots/list",
        /// Tells that a request is cancelled.
        NotificationsCancelled => "notifications/cancelled",
        /// Tells that the session has begun.
        NotificationsInitialized => "notifications/initialized",
        /// Tells what the server logs.
        NotificationsMessage => "notifications/message",
        /// Tells how far a request has come.
        NotificationsProgress => "notifications/progress",
        /// Tells that the prompts changed.
        NotificationsPromptsListChanged => "notifications/prompts/list_changed",
        /// Tells that the resources changed.
        NotificationsResourcesListChanged => "notifications/resources/list_changed",
        /// Tells that a resource changed.
        NotificationsResourcesUpdated => "notifications/resources/updated",
        /// Tells that the client's roots changed.
        NotificationsRootsListChanged => "notifications/roots/list_changed",
        /// Tells that the tools changed.
        NotificationsToolsListChanged => "notifications/tools/list_changed",
        /// Any other, such as a vendor's own.
        Other => "other",
    }
}

impl McpMethod {
    /// The method of this name, as it is on the wire.
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().find(|method| method.as_str() == name).copied().unwrap_or(Self::Other)
    }
}
