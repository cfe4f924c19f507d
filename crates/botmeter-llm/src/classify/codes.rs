//! What providers call their refusals.

use crate::ErrorKind;

/// The kind of a code that names one cause.
pub(super) fn specific(code: &str) -> Option<ErrorKind> {
    look_up(code, SPECIFIC)
}

/// The kind of a code that says little: it counts where no status does.
pub(super) fn general(code: &str) -> Option<ErrorKind> {
    // Some put the status where others have a word.
    let status = code.parse().map(ErrorKind::of_status).ok();
    status.filter(|kind| *kind != ErrorKind::Unknown).or_else(|| look_up(code, GENERAL))
}

fn look_up(code: &str, known: &[(&[&str], ErrorKind)]) -> Option<ErrorKind> {
    let bare = bare(code);
    known.iter().find(|(codes, _)| codes.contains(&&*bare)).map(|(_, kind)| *kind)
}

/// The code as it is in the lists: `RESOURCE_EXHAUSTED`, `resource-exhausted`
/// and `ResourceExhausted` are one. AWS puts a namespace before it and a link
/// behind it.
fn bare(code: &str) -> String {
    let code = code.split_once('#').map_or(code, |(_, name)| name);
    let code = code.split_once(':').map_or(code, |(name, _)| name);
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

const SPECIFIC: &[(&[&str], ErrorKind)] = &[
    (
        &[
            "insufficientquota",
            "exceededcurrentquotaerror",
            "billinghardlimitreached",
            "billingnotactive",
            "billingerror",
            "creditbalancetoolow",
            "insufficientcredits",
            "insufficientbalance",
            "insufficientfunds",
            "paymentrequired",
            "arrearage",
        ],
        ErrorKind::Quota,
    ),
    (
        &[
            "ratelimitexceeded",
            "ratelimiterror",
            "ratelimitreachederror",
            "ratelimitreached",
            "ratelimited",
            "toomanyrequests",
            "toomanyrequestsexception",
            "throttlingexception",
            "throttling",
            "resourceexhausted",
            "servicequotaexceededexception",
            "requestlimitexceeded",
        ],
        ErrorKind::RateLimit,
    ),
    (
        &[
            "overloadederror",
            "overloaded",
            "engineoverloadederror",
            "engineoverloaded",
            "serveroverloaded",
            "modeloverloaded",
            "slowdown",
            "capacityexceeded",
            "nocapacity",
            "modelnotreadyexception",
        ],
        ErrorKind::Overloaded,
    ),
    (
        &[
            "contextlengthexceeded",
            "stringabovemaxlength",
            "exceedcontextsizeerror",
            "contextwindowexceeded",
            "maxcontextlengthexceeded",
            "prompttoolong",
            "inputtoolong",
        ],
        ErrorKind::ContextLength,
    ),
    (
        &[
            "contentfilter",
            "contentfiltered",
            "contentfiltererror",
            "contentpolicyviolation",
            "responsibleaipolicyviolation",
            "moderationblocked",
            "datainspectionfailed",
            "safety",
            "prohibitedcontent",
        ],
        ErrorKind::ContentFilter,
    ),
    (
        &[
            "invalidapikey",
            "incorrectapikey",
            "apikeyinvalid",
            "authenticationerror",
            "invalidauthentication",
            "invalidauthenticationerror",
            "permissionerror",
            "permissiondenied",
            "permissiondeniederror",
            "insufficientpermissions",
            "unauthorized",
            "unauthenticated",
            "accessdenied",
            "accessdeniedexception",
            "unrecognizedclientexception",
            "expiredtokenexception",
            "unsupportedcountryregionterritory",
        ],
        ErrorKind::Auth,
    ),
    (
        &["requesttoolarge", "payloadtoolarge", "contenttoolarge", "requestentitytoolarge"],
        ErrorKind::TooLarge,
    ),
    (
        &["timeouterror", "requesttimeout", "deadlineexceeded", "modeltimeoutexception"],
        ErrorKind::Timeout,
    ),
    (&["modelnotfound", "modelnotfounderror"], ErrorKind::InvalidRequest),
];

const GENERAL: &[(&[&str], ErrorKind)] = &[
    (
        &[
            "invalidrequesterror",
            "invalidrequest",
            "invalidargument",
            "badrequest",
            "badrequesterror",
            "notfounderror",
            "notfound",
            "failedprecondition",
            "outofrange",
            "unimplemented",
            "validationerror",
            "validationexception",
            "resourcenotfoundexception",
            "unprocessableentity",
        ],
        ErrorKind::InvalidRequest,
    ),
    (
        &[
            "servererror",
            "apierror",
            "internalservererror",
            "internalerror",
            "internal",
            "unavailable",
            "serviceunavailable",
            "serviceunavailableexception",
            "internalserverexception",
            "modelerrorexception",
            "modelstreamerrorexception",
            "dataloss",
        ],
        ErrorKind::Server,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_there_once_and_as_it_is_looked_up() {
        let mut seen = BTreeSet::new();
        for (codes, kind) in SPECIFIC.iter().chain(GENERAL) {
            for code in *codes {
                assert_eq!(bare(code), *code);
                assert!(seen.insert(code), "{code} is there twice");
                assert_eq!(specific(code).or_else(|| general(code)), Some(*kind));
            }
        }
    }

    #[test]
    fn a_code_is_known_in_every_spelling() {
        for code in ["RESOURCE_EXHAUSTED", "resource-exhausted", "ResourceExhausted"] {
            assert_eq!(specific(code), Some(ErrorKind::RateLimit), "{code}");
        }
        let amazon = "com.amazon.coral.service#ThrottlingException:http://internal/";
        assert_eq!(specific(amazon), Some(ErrorKind::RateLimit));
        assert_eq!(general("502"), Some(ErrorKind::Server));
        assert_eq!(general("1302"), None);
        assert_eq!(specific(""), None);
    }
}
