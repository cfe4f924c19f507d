//! The status codes of responses.

use botmeter_core::closed_label;

closed_label! {
    /// The status code of a response.
    ///
    /// All codes that the IANA has registered, and 499. A code that is not
    /// known counts for its class, as RFC 9110 has clients treat it, and is
    /// still found by `status=~"5.."`:
    ///
    /// ```
    /// use botmeter_http::Status;
    ///
    /// assert_eq!(Status::from(404).as_str(), "404");
    /// assert_eq!(Status::from(599).as_str(), "5xx");
    /// assert_eq!(Status::from(http::StatusCode::CREATED), Status::Created);
    /// ```
    pub enum Status: "status" {
        /// 100.
        Continue => "100",
        /// 101.
        SwitchingProtocols => "101",
        /// 102.
        Processing => "102",
        /// 103.
        EarlyHints => "103",
        /// Another code from 100 to 199.
        OtherInformational => "1xx",
        /// 200.
        Ok => "200",
        /// 201.
        Created => "201",
        /// 202.
        Accepted => "202",
        /// 203.
        NonAuthoritativeInformation => "203",
        /// 204.
        NoContent => "204",
        /// 205.
        ResetContent => "205",
        /// 206.
        PartialContent => "206",
        /// 207.
        MultiStatus => "207",
        /// 208.
        AlreadyReported => "208",
        /// 226.
        ImUsed => "226",
        /// Another code from 200 to 299.
        OtherSuccess => "2xx",
        /// 300.
        MultipleChoices => "300",
        /// 301.
        MovedPermanently => "301",
        /// 302.
        Found => "302",
        /// 303.
        SeeOther => "303",
        /// 304.
        NotModified => "304",
        /// 305.
        UseProxy => "305",
        /// 307.
        TemporaryRedirect => "307",
        /// 308.
        PermanentRedirect => "308",
        /// Another code from 300 to 399.
        OtherRedirection => "3xx",
        /// 400.
        BadRequest => "400",
        /// 401.
        Unauthorized => "401",
        /// 402.
        PaymentRequired => "402",
        /// 403.
        Forbidden => "403",
        /// 404.
        NotFound => "404",
        /// 405.
        MethodNotAllowed => "405",
        /// 406.
        NotAcceptable => "406",
        /// 407.
        ProxyAuthenticationRequired => "407",
        /// 408.
        RequestTimeout => "408",
        /// 409.
        Conflict => "409",
        /// 410.
        Gone => "410",
        /// 411.
        LengthRequired => "411",
        /// 412.
        PreconditionFailed => "412",
        /// 413.
        ContentTooLarge => "413",
        /// 414.
        UriTooLong => "414",
        /// 415.
        UnsupportedMediaType => "415",
        /// 416.
        RangeNotSatisfiable => "416",
        /// 417.
        ExpectationFailed => "417",
        /// 418.
        ImATeapot => "418",
        /// 421.
        MisdirectedRequest => "421",
        /// 422.
        UnprocessableContent => "422",
        /// 423.
        Locked => "423",
        /// 424.
        FailedDependency => "424",
        /// 425.
        TooEarly => "425",
        /// 426.
        UpgradeRequired => "426",
        /// 428.
        PreconditionRequired => "428",
        /// 429.
        TooManyRequests => "429",
        /// 431.
        RequestHeaderFieldsTooLarge => "431",
        /// 451.
        UnavailableForLegalReasons => "451",
        /// 499: the client went away before it had the whole response.
        ///
        /// No such code is ever sent. It is what proxies log for it, and the
        /// label has to say something: 200 would count an answer that nobody
        /// got, and a code from 500 on would blame the server.
        ClientClosedRequest => "499",
        /// Another code from 400 to 499.
        OtherClientError => "4xx",
        /// 500, and every request whose handler panicked or whose response
        /// broke off on the server's side.
        InternalServerError => "500",
        /// 501.
        NotImplemented => "501",
        /// 502.
        BadGateway => "502",
        /// 503.
        ServiceUnavailable => "503",
        /// 504.
        GatewayTimeout => "504",
        /// 505.
        HttpVersionNotSupported => "505",
        /// 506.
        VariantAlsoNegotiates => "506",
        /// 507.
        InsufficientStorage => "507",
        /// 508.
        LoopDetected => "508",
        /// 510.
        NotExtended => "510",
        /// 511.
        NetworkAuthenticationRequired => "511",
        /// Another code from 500 to 599.
        OtherServerError => "5xx",
        /// A code outside all classes.
        Other => "other",
    }
}

impl Status {
    /// The codes that say that the server failed.
    pub const SERVER_ERRORS: &'static [Self] = &[
        Self::InternalServerError,
        Self::NotImplemented,
        Self::BadGateway,
        Self::ServiceUnavailable,
        Self::GatewayTimeout,
        Self::HttpVersionNotSupported,
        Self::VariantAlsoNegotiates,
        Self::InsufficientStorage,
        Self::LoopDetected,
        Self::NotExtended,
        Self::NetworkAuthenticationRequired,
        Self::OtherServerError,
    ];
}

impl From<u16> for Status {
    fn from(code: u16) -> Self {
        BY_CODE.get(usize::from(code)).copied().unwrap_or(Self::Other)
    }
}

impl From<http::StatusCode> for Status {
    fn from(code: http::StatusCode) -> Self {
        Self::from(code.as_u16())
    }
}

/// The status of each code below 600, so that a request costs no search.
const BY_CODE: [Status; 600] = {
    let mut by_code = [Status::Other; 600];
    let mut code = 100;
    while code < by_code.len() {
        by_code[code] = match code / 100 {
            1 => Status::OtherInformational,
            2 => Status::OtherSuccess,
            3 => Status::OtherRedirection,
            4 => Status::OtherClientError,
            _ => Status::OtherServerError,
        };
        code += 1;
    }
    let mut at = 0;
    while at < Status::ALL.len() {
        if let Some(code) = parse(Status::ALL[at].as_str().as_bytes()) {
            by_code[code] = Status::ALL[at];
        }
        at += 1;
    }
    by_code
};

const fn parse(text: &[u8]) -> Option<usize> {
    let mut code = 0;
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            return None;
        }
        code = code * 10 + (text[at] - b'0') as usize;
        at += 1;
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_itself_its_class_or_other() {
        for code in 0..=u16::MAX {
            let status = Status::from(code).as_str();
            let text = code.to_string();
            let is_itself = status == text;
            let is_its_class = (100..600).contains(&code) && status == format!("{}xx", code / 100);
            let is_other = !(100..600).contains(&code) && status == "other";
            assert!(is_itself || is_its_class || is_other, "{code} is {status}");
        }
    }

    #[test]
    fn every_code_that_has_a_reason_phrase_is_known() {
        let registered = (100..600).filter_map(|code| http::StatusCode::from_u16(code).ok());
        for code in registered.filter(|code| code.canonical_reason().is_some()) {
            assert_eq!(Status::from(code).as_str(), code.as_str());
        }
        assert_eq!(Status::from(499), Status::ClientClosedRequest);
    }

    #[test]
    fn server_errors_are_what_existing_alerts_match() {
        let matched: Vec<_> = Status::ALL.iter().filter(|s| s.as_str().starts_with('5')).collect();
        assert_eq!(matched, Status::SERVER_ERRORS.iter().collect::<Vec<_>>());
    }
}
