//! Foreign hosts and origins.

use super::*;
use axum::body::Body;

fn config(public: Option<&str>) -> Config {
    let public = public.map(str::to_owned);
    Config::from_env(|name| match name {
        "HOME" => Some("/home/ann".to_owned()),
        "ERRAND_PUBLIC_URL" => public.clone(),
        _ => None,
    })
    .unwrap()
}

#[test]
fn only_known_hosts_are_answered() {
    let check = |named: &[&str], good: bool| {
        let mut headers = HeaderMap::new();
        for host in named {
            headers.append(header::HOST, host.parse().unwrap());
        }
        let answer = host(
            &config(Some("https://errand.example.org")),
            &Uri::from_static("/"),
            &headers,
        );
        assert_eq!(answer.is_ok(), good, "{named:?}");
        assert!(good || answer.unwrap_err().code() == Code::HostUnknown);
    };
    check(&["127.0.0.1:8700"], true);
    check(&["localhost"], true);
    check(&["LocalHost:9000"], true); // a tunnel has a port of its own
    check(&["[::1]:8700"], true);
    check(&["errand.localhost:8700"], true);
    check(&["errand.example.org"], true);
    check(&[], true); // no browser does that
    check(&["evil.example"], false);
    check(&["127.0.0.1.evil.example:8700"], false);
    check(&["localhost.evil.example"], false);
    check(&["errand.example.org.evil.example"], false);
    check(&["192.168.1.7:8700"], false);
    check(&["0.0.0.0:8700"], false);
    check(&["localhost", "evil.example"], false);
    check(&["evil.example@localhost"], false);
    check(&[""], false);
}

#[test]
fn another_sites_writes_are_refused() {
    let check = |method: &str, path: &str, headers: &[(&str, &str)], good: bool| {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8700");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = origin(
            &config(Some("https://errand.example.org")),
            &request.body(Body::empty()).unwrap(),
        );
        assert_eq!(answer.is_ok(), good, "{method} {path} {headers:?}");
        assert!(good || answer.unwrap_err().code() == Code::OriginRefused);
    };
    let tasks = "/api/v1/tasks";
    check("POST", tasks, &[], true); // a program
    check(
        "POST",
        tasks,
        &[
            ("origin", "http://localhost:8700"),
            ("sec-fetch-site", "same-origin"),
        ],
        true,
    );
    check(
        "POST",
        tasks,
        &[("origin", "https://errand.example.org")],
        true,
    );
    check(
        "POST",
        tasks,
        &[
            ("origin", "http://localhost:3000"),
            ("sec-fetch-site", "same-site"),
        ],
        false,
    );
    check("POST", tasks, &[("origin", "http://localhost:3000")], false);
    check("POST", tasks, &[("origin", "https://evil.example")], false);
    check("POST", tasks, &[("origin", "null")], false);
    check("POST", tasks, &[("sec-fetch-site", "cross-site")], false);
    check(
        "POST",
        tasks,
        &[
            ("origin", "http://localhost:8700"),
            ("origin", "http://localhost:8700"),
        ],
        false,
    );
    check(
        "DELETE",
        tasks,
        &[("origin", "https://evil.example")],
        false,
    );
    check("PATCH", tasks, &[("origin", "https://evil.example")], false);
    check(
        "GET",
        tasks,
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        true,
    ); // it cannot read the answer
    check(
        "GET",
        "/api/v1/changes/socket",
        &[("upgrade", "websocket"), ("origin", "https://evil.example")],
        false,
    );
    check(
        "GET",
        "/api/v1/changes/socket",
        &[
            ("upgrade", "websocket"),
            ("origin", "http://localhost:8700"),
        ],
        true,
    );
    check("GET", "/mcp", &[("origin", "https://evil.example")], false);
    check("GET", "/mcpx", &[("origin", "https://evil.example")], true);
}
