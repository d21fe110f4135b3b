//! `/docs`: both documents as one page, written whole, so that it needs no script. What unfolds is `<details>`, which every
//! keyboard and every reader knows.

use serde_json::{Map, Value};
use std::fmt::Write;

pub(super) fn written(openapi: &Value, asyncapi: &Value) -> String {
    let mut page = String::from(HEAD);
    let mut sections = Vec::new();
    for tag in openapi["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tag| tag["name"].as_str())
    {
        sections.push((tag.to_owned(), routes(openapi, tag)));
    }
    sections.push(("events".to_owned(), events(asyncapi)));
    sections.push(("shapes".to_owned(), shapes(openapi)));
    let about = text(&openapi["info"]["description"]);
    push(
        &mut page,
        format_args!("<p>{about}</p><nav aria-label=\"Sections\"><ul>"),
    );
    for (name, _) in &sections {
        push(
            &mut page,
            format_args!(
                "<li><a href=\"#{}\">{}</a></li>",
                anchor(name),
                escaped(name)
            ),
        );
    }
    page.push_str("</ul></nav><main id=\"main\">");
    for (name, body) in &sections {
        push(
            &mut page,
            format_args!("<h2 id=\"{}\">{}</h2>{body}", anchor(name), escaped(name)),
        );
    }
    page.push_str("</main></body></html>");
    page
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Errand's API</title>\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"stylesheet\" href=\"/docs.css\"></head>\
    <body><a class=\"skip\" href=\"#main\">To the routes</a><h1>Errand's API</h1>\
    <p>For programs: <a href=\"/openapi.json\">openapi.json</a>, <a href=\"/asyncapi.json\">asyncapi.json</a>.</p>";

fn push(page: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(words); // a String takes everything
}

/// The routes under one heading.
fn routes(openapi: &Value, tag: &str) -> String {
    let mut section = String::new();
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            if operation["tags"][0] == tag {
                push(
                    &mut section,
                    format_args!(
                        "<details id=\"{}\"><summary><code>{} {}</code> {}</summary><div>{}</div></details>",
                        text(&operation["operationId"]),
                        method.to_uppercase(),
                        escaped(path),
                        text(&operation["summary"]),
                        route(operation),
                    ),
                );
            }
        }
    }
    section
}

fn route(operation: &Value) -> String {
    let mut route = String::new();
    if operation["description"].is_string() {
        push(
            &mut route,
            format_args!("<p>{}</p>", text(&operation["description"])),
        );
    }
    if let Some(scope) = operation["security"][0]["token"][0].as_str() {
        push(
            &mut route,
            format_args!(
                "<p class=\"words\">A token needs the scope <code>{}</code>.</p>",
                escaped(scope)
            ),
        );
    }
    let parameters: Vec<_> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    if !parameters.is_empty() {
        route.push_str("<table><caption>Parameters</caption>");
        for one in parameters {
            let (name, place) = (text(&one["name"]), text(&one["in"]));
            row(
                &mut route,
                &format!("<code>{name}</code> in {place}"),
                &kind(&one["schema"]),
                &text(&one["description"]),
            );
        }
        route.push_str("</table>");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        push(&mut route, format_args!("<p>Takes {}.</p>", kind(body)));
    }
    route.push_str("<table><caption>Answers</caption>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let content = answer["content"].as_object().into_iter().flatten();
        let kinds: Vec<_> = content
            .map(|(media, content)| format!("{} as {}", kind(&content["schema"]), escaped(media)))
            .collect();
        let problem = answer["$ref"]
            .as_str()
            .map(|_| "<a href=\"#Problem\">Problem</a>".to_owned());
        row(
            &mut route,
            status,
            &problem.unwrap_or_else(|| kinds.join(" or ")),
            &text(&answer["description"]),
        );
    }
    route.push_str("</table>");
    route
}

fn row(table: &mut String, name: &str, kind: &str, words: &str) {
    push(
        table,
        format_args!("<tr><th scope=\"row\">{name}</th><td>{kind}</td><td>{words}</td></tr>"),
    );
}

/// Every type of event, topic by topic.
fn events(asyncapi: &Value) -> String {
    let mut section = format!("<p>{}</p>", text(&asyncapi["info"]["description"]));
    for (topic, channel) in asyncapi["channels"].as_object().into_iter().flatten() {
        push(
            &mut section,
            format_args!(
                "<h3>{}</h3><p>{}</p>",
                escaped(topic),
                text(&channel["description"])
            ),
        );
        for name in channel["messages"]
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
        {
            let schema = &asyncapi["components"]["schemas"][name];
            push(
                &mut section,
                format_args!(
                    "<details id=\"{0}\"><summary><code>{0}</code> {1}</summary><div>{2}</div></details>",
                    escaped(name),
                    text(&asyncapi["components"]["messages"][name]["summary"]),
                    data(asyncapi, &schema["properties"]["data"]),
                ),
            );
        }
    }
    section
}

/// The fields of an event's data; of the record's fields, only their names: they are told under the record.
fn data(asyncapi: &Value, schema: &Value) -> String {
    let reference = |name: &str| {
        let schema = &schema["properties"][name];
        schema["$ref"]
            .as_str()
            .or_else(|| schema["allOf"][0]["$ref"].as_str())
            .unwrap_or_default()
    };
    let record = asyncapi.pointer(reference("after").trim_start_matches('#'));
    let fields = record.map(fields).unwrap_or_default();
    format!(
        "<p>The fields of <code>before</code> and <code>after</code>, where there are any:</p>{fields}"
    )
}

/// Every shape that a request or an answer has.
fn shapes(openapi: &Value) -> String {
    let mut section = String::new();
    for (name, schema) in openapi["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let table = fields(schema);
        let table = if table.is_empty() {
            kind(schema)
        } else {
            table
        };
        push(
            &mut section,
            format_args!(
                "<details id=\"{0}\"><summary><code>{0}</code> {1}</summary><div>{table}</div></details>",
                escaped(name),
                text(&schema["description"]),
            ),
        );
    }
    section
}

fn fields(schema: &Value) -> String {
    let mut table = String::new();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        row(
            &mut table,
            &format!("<code>{}</code>", escaped(name)),
            &kind(schema),
            &text(&schema["description"]),
        );
    }
    if table.is_empty() {
        table
    } else {
        format!("<table>{table}</table>")
    }
}

/// What may stand there, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escaped(reference.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for branches in ["anyOf", "oneOf", "allOf"] {
        if let Some(all) = schema[branches].as_array() {
            return all.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(all) = schema["enum"].as_array() {
        let words: Vec<_> = all
            .iter()
            .map(|one| format!("<code>{}</code>", escaped(&one.to_string())))
            .collect();
        return words.join(" ");
    }
    if !schema["const"].is_null() {
        return format!("<code>{}</code>", escaped(&schema["const"].to_string()));
    }
    let name = match &schema["type"] {
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" or "),
        Value::String(name) => name.clone(),
        _ => "anything".to_owned(),
    };
    match (
        name.starts_with("array"),
        schema["format"].as_str(),
        schema["items"].is_object(),
    ) {
        (true, _, true) => format!("array of {}", kind(&schema["items"])),
        (false, Some(format), _) if !format.contains("int") => {
            format!("{} ({})", escaped(&name), escaped(format))
        }
        _ => escaped(&name),
    }
}

fn anchor(name: &str) -> String {
    name.replace(' ', "-")
}

/// Words, with what stands between backticks as code.
fn text(value: &Value) -> String {
    let words = escaped(value.as_str().unwrap_or_default());
    let parts = words.split('`').enumerate();
    let shown = parts.map(|(n, part)| {
        if n % 2 == 0 {
            part.to_owned()
        } else {
            format!("<code>{part}</code>")
        }
    });
    shown.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Functions;

    #[test]
    fn every_route_type_and_shape_stands_on_the_page_once_and_every_link_leads_there() {
        let (openapi, asyncapi) = (Functions::openapi(), Functions::asyncapi());
        let page = written(&openapi, &asyncapi);
        let ids: Vec<_> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        for links in page
            .split("href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert_eq!(ids.iter().filter(|id| **id == links).count(), 1, "#{links}");
        }
        let operations = Functions::operations().len();
        let types = asyncapi["components"]["messages"]
            .as_object()
            .unwrap()
            .len();
        let shapes = openapi["components"]["schemas"].as_object().unwrap().len();
        assert_eq!(
            page.matches("<details").count(),
            operations + types + shapes
        );
        assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("http://"));
    }

    #[test]
    fn what_is_written_is_text() {
        assert_eq!(escaped("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
        assert_eq!(
            text(&"send `a<b`, then".into()),
            "send <code>a&lt;b</code>, then"
        );
    }
}
