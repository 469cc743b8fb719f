import Foundation
import Function
@testable import Template
import Testing

@Suite struct TemplateTests {
  /// Unescaped, a lead's name is markup in the mail; escaped in a text part, the reader sees `&amp;`.
  @Test(
    "What ends a text or an attribute in HTML is escaped in HTML and left alone in text",
    arguments: [
      ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
      ("<b onclick=\"x('&')\">", "&lt;b onclick=&quot;x(&#39;&amp;&#39;)&quot;&gt;"), ("&amp;", "&amp;amp;"),
    ])
  func escaping(value: String, escaped: String) throws {
    #expect(try Template("[{{name}}]", escaping: .html).render(["name": value]) == "[\(escaped)]")
    #expect(try Template("[{{name}}]", escaping: .none).render(["name": value]) == "[\(value)]")
  }

  /// To Swift a quote and the combining mark behind it are one character, which is no quote; to a browser the quote
  /// ends the attribute. The library's own escaping lets this through.
  @Test("A quote with a combining mark is escaped like any other", arguments: ["\u{301}", "\u{200D}", "\u{20DD}"])
  func escapingByScalar(mark: String) throws {
    let template = try Template("<a title=\"{{name}}\">", escaping: .html)
    let rendered = template.render(["name": "\"\(mark) onclick=\"x()"])
    #expect(
      rendered.unicodeScalars.map(String.init)
        == "<a title=\"&quot;\(mark) onclick=&quot;x()\">".unicodeScalars.map(String.init))
  }

  /// The library takes a line that holds nothing but a tag away; ours, which says how to escape, must not take more.
  @Test("A template that begins with an empty line keeps it", arguments: [Template.Escaping.none, .html])
  func firstLine(escaping: Template.Escaping) throws {
    #expect(try Template("\nHi", escaping: escaping).render([:]) == "\nHi")
    #expect(try Template("\r\nHi", escaping: escaping).render([:]) == "\r\nHi")
    #expect(try Template("{{#city}}\nHi\n{{/city}}\n", escaping: escaping).render(["city": "x"]) == "Hi\n")
  }

  /// A partial reads another template, a change of delimiters hides tags from our own scan, inheritance can recurse,
  /// a dotted name looks into what is no object, a transform runs code: none was meant for a document from outside.
  @Test(
    "A tag that is not ours is refused, with its line",
    arguments: [
      ("a\n{{> partial}}", 2, "the tag {{> partial}} is not supported here"),
      ("{{< parent}}{{/ parent}}", 1, "the tag {{< parent}} is not supported here"),
      ("\n\n{{$ block}}{{/ block}}", 3, "the tag {{$ block}} is not supported here"),
      ("{{= <% %> =}}", 1, "the tag {{= <% %> =}} is not supported here"),
      ("{{% CONTENT_TYPE: TEXT}}", 1, "the tag {{% CONTENT_TYPE: TEXT}} is not supported here"),
      ("{{*dynamic}}", 1, "the tag {{*dynamic}} is not supported here"),
      ("{{person.name}}", 1, "{{person.name}}: a variable's name has no dot and no bracket"),
      ("{{#person.name}}{{/person.name}}", 1, "{{person.name}}: a variable's name has no dot and no bracket"),
      ("{{capitalized(name)}}", 1, "{{capitalized(name)}}: a variable's name has no dot and no bracket"),
      ("{{.}}", 1, "{{.}}: a variable's name has no dot and no bracket"),
      ("{{^city}}{{.}}{{/city}}", 1, "{{.}}: a variable's name has no dot and no bracket"),
      ("{{}}", 1, "a tag has no name"), ("{{# }}{{/ }}", 1, "a tag has no name"),
      ("a\n{{name", 2, "a tag is not closed"), ("{{name}", 1, "a tag is not closed"),
      ("{{{name}}", 1, "a tag is not closed"),
      ("{{#a}}", 1, "a section is not closed"),
      ("a\n{{#a}}\n{{/b}}", 3, "a section is closed under another name than it was opened"),
      (
        String(repeating: "{{#a}}", count: 33) + String(repeating: "{{/a}}", count: 33), 1,
        "sections are nested deeper than 32"
      ),
    ])
  func refusedTags(source: String, line: Int, problem: String) {
    for escaping in [Template.Escaping.none, .html] {
      let error = #expect(throws: TemplateError.self) { try Template(source, escaping: escaping) }
      #expect(error?.line == line)
      #expect(error?.problem == problem)
    }
  }

  /// Unescaped HTML is how a lead's name becomes a script; in a text part there is nothing to escape.
  @Test(
    "A tag that does not escape is refused in HTML and taken in text",
    arguments: ["{{{name}}}", "{{&name}}", "{{& name }}"])
  func unescapedTags(source: String) throws {
    let error = #expect(throws: TemplateError.self) { try Template(source, escaping: .html) }
    #expect(error?.problem == "the tag for {{name}} would put a lead's value into HTML without escaping it")
    #expect(try Template(source, escaping: .none).render(["name": "<b>"]) == "<b>")
  }

  /// Otherwise one lead without a city stops a campaign, or gets `{{city}}` in the mail.
  @Test("A variable without a value is empty")
  func missingVariable() throws {
    #expect(
      try Template("Hi {{first_name}} from {{city}}!", escaping: .none).render(["first_name": "Ada"]) == "Hi Ada from !"
    )
  }

  /// A section is how a template says what to do without a value; the empty string must count as none where it is one.
  @Test("A section on an absent value is left out, and its opposite is said")
  func sectionsOnAbsentValues() throws {
    let template = try Template("{{#city}}in {{city}}{{/city}}{{^city}}somewhere{{/city}}", escaping: .none)
    #expect(template.render([:]) == "somewhere")
    #expect(template.render(["city": "Turin"]) == "in Turin")
  }

  /// The variables are what `start-campaign` asks the leads for: one too many refuses a good campaign, one too few
  /// sends empty places.
  @Test("The variables are what is put in and not asked about by a section, each once")
  func variables() throws {
    let source = "{{a}} {{{b}}} {{! c }} {{#d}}{{d}} {{e}}{{/d}} {{^f}}-{{/f}} {{a}} {{ &g }}"
    #expect(throws: TemplateError.self) { try Template(source, escaping: .html) }
    #expect(
      try Template(source.replacingOccurrences(of: "{{ &g }}", with: "{{& g }}"), escaping: .none).variables == [
        "a", "b", "e", "g",
      ])
  }

  /// We fill in what has no section by ourselves; where the library would do it in another way, it does it.
  @Test(
    "A template says the same whether we fill it in or the library does",
    arguments: [
      "Hi {{name}}, {{{city}}}\n", "Hi {{\nname}}", "Hi\n  ", "Hi {{name}}\n\t", "{{name}}", "",
      "\n{{ name }}\n\n{{ city\n}}",
    ])
  func byLibrary(source: String) throws {
    for values in [[:], ["name": "A <b> \"c\"\n ", "city": "Turin"]] {
      for escaping in [Template.Escaping.none, .html] where escaping == .none || !source.contains("{{{") {
        guard let template = try? Template(source, escaping: escaping) else { continue }
        #expect(template.render(values) == template.renderByLibrary(values))
      }
    }
  }

  /// What a template may look like is the specification's to say, not the library's.
  @Test("The cases of the Mustache specification hold, but for what is refused here", arguments: SpecificationCase.all)
  func specification(one: SpecificationCase) throws {
    let template = try Template(one.template, escaping: one.escaping)
    #expect(template.render(one.values) == one.expected)
    #expect(template.renderByLibrary(one.values) == one.expected, "the library alone")
  }
}

/// One case of https://github.com/mustache/spec, from `../shared/contracts/mustache`.
struct SpecificationCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let template: String
  let expected: String
  let values: [String: String]

  /// The specification escapes everywhere; tags that do not escape are refused in HTML and tested in text.
  var escaping: Template.Escaping { template.contains("{{{") || template.contains("{{&") ? .none : .html }

  /// Cases that need what there is none of here: templates see texts, and nothing else.
  static let leftOut = [
    "Dotted Names": "a variable's name has no dot",
    "Context": "no value is an object", "Deeply Nested Contexts": "no value is an object",
    "List": "no value is a list", "Empty List": "no value is a list", "Implicit Iterator": "no value is a list",
  ]

  static let all: [SpecificationCase] = ["interpolation", "sections", "inverted", "comments"].flatMap(read)

  private static func read(_ file: String) -> [SpecificationCase] {
    let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../shared/contracts/mustache")
      .standardized
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("\(file).json")),
      let json = try? JSON(parsing: Array(data)), case .array(let cases)? = json["tests"]
    else {
      print("skipped: the Mustache specification's \(file) cases are not in \(folder.path)")
      return []
    }
    return cases.compactMap { one in
      guard case .string(let name)? = one["name"], case .string(let template)? = one["template"],
        case .string(let expected)? = one["expected"], case .object(let members)? = one["data"],
        !leftOut.contains(where: { name == $0.key || name.hasPrefix("\($0.key) - ") })
      else { return nil }
      var values: [String: String] = [:]
      for member in members {
        switch member.value {
        case .string(let text): values[member.key] = text
        case .int(let number): values[member.key] = String(number)
        case .double(let number): values[member.key] = String(number)
        // True is a value that is there, false one that is not: that is all a section here can ask.
        case .bool(let isTrue): values[member.key] = isTrue ? "true" : nil
        case .null, .array, .object: break
        }
      }
      return SpecificationCase(
        testDescription: "\(file): \(name)", template: template, expected: expected, values: values)
    }
  }
}
