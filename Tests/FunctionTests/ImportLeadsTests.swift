import Campaign
import Foundation
import Postgres
import Steps
import Support
import Testing

@Suite(.enabled(if: Place.databaseURL != nil, "DATABASE_URL is not set: these tests need a throw-away database"))
struct ImportLeadsTests {

  // MARK: - Columns and values

  /// Every tool exports its own order and spelling: a lead without a first name gets "Hi there".
  @Test func columns_are_found_in_any_order_and_spelling() throws {
    let place = try Place()
    let ran = try place.importLeads(
      """
      Website,CITY, First Name ,contact-name,Company Name,Phone,email,Country,industry
      https://acme.test/,London,Ada,Ada Lovelace,Acme,+442079460000,ada@acme.test,UK,Software

      """)
    #expect(ran.json["created"] as? Int == 1)
    #expect(
      try place.sql(
        "select email, phone, first_name, contact_name, company_name, industry, city, country, website, attributes from leads"
      ) == ["ada@acme.test|+442079460000|Ada|Ada Lovelace|Acme|Software|London|UK|https://acme.test/|{}"])
  }

  /// A template's {{variable}} is the column's name as the person who made the file wrote it.
  @Test func every_other_column_is_an_attribute_under_its_own_name() throws {
    let place = try Place()
    try place.importLeads("email, Last Name ,größe,plan\nada@acme.test,Lovelace,,gold\n")
    #expect(try place.sql("select attributes from leads") == [#"{"plan": "gold", "Last Name": "Lovelace"}"#])
  }

  /// A name is hostile input on its way through CSV, COPY's text format and JSON: what is not escaped in one of them is
  /// a lost import at best, and another column's value at worst.
  @Test func any_text_comes_through_unchanged() throws {
    let place = try Place()
    let texts = [
      #"back\slash"#, #"\N"#, #"\."#, "tab\there", "line\nbreak", "return\rhere", #"quote"quote"#, "comma,", "''; drop",
      "\u{1}\u{8}\u{B}\u{1B}\u{7F}x", "Zoë 🔔 שלום", "{{city}}", "\\\\n\\t\\", "a\u{2028}b", "\\\"", "null", "%s %I $1",
    ]
    var csv = Array("email,first_name,\"na\"\"me\\\tx\"\n".utf8)
    for (index, text) in texts.enumerated() { csv += CSV.row(["ada\(index)@acme.test", text, text]) }
    try place.importLeads(csv)
    let rows = try place.sql(
      """
      select encode(convert_to(first_name, 'UTF8'), 'hex'), encode(convert_to(attributes ->> e'na"me\\\\\tx', 'UTF8'), 'hex')
      from leads order by substr(email, 4, strpos(email, '@') - 4)::int
      """)
    for (text, row) in zip(texts, rows) {
      let hex = text.utf8.map { String(format: "%02x", $0) }.joined()
      #expect(row == "\(hex)|\(hex)", "\(text.debugDescription)")
    }
    #expect(rows.count == texts.count)
  }

  /// White space that nobody sees makes "Ada" and "Ada " two people, and an empty cell with a space in it a value.
  @Test func values_are_trimmed_and_empty_ones_are_absent() throws {
    let place = try Place()
    try place.importLeads(
      "email,first_name,city,plan,size\n \u{A0}ada@acme.test\u{3000}\t,\u{2003} Ada\u{A0}L. , \u{A0},  ,\"\n big \r\n\"\n"
    )
    #expect(
      try place.sql("select email, first_name, city is null, attributes from leads")
        == ["ada@acme.test|Ada\u{A0}L.|t|{\"size\": \"big\"}"])
  }

  /// Files come from Windows and from spreadsheets; a wrong line number sends a person to the wrong row.
  @Test func byte_order_mark_CRLF_and_line_breaks_in_quotes_are_read_and_lines_are_counted_through_them() throws {
    let place = try Place()
    let ran = try place.importLeads(
      "\u{FEFF}email,city\r\nada@acme.test,\"Lon\r\ndon\"\r\n\r\nnobody,Leeds\r\neve@acme.test,York")
    #expect(ran.rejects == [5: "the email \"nobody\" is not an address"])
    #expect(
      try place.sql("select email, translate(city, e'\\r\\n', 'RN') from leads order by 1")
        == ["ada@acme.test|LonRNdon", "eve@acme.test|York"])
  }

  // MARK: - Who is who

  /// A person who is in the database twice gets every mail twice.
  @Test func a_lead_with_the_same_email_in_whatever_case_joins_and_is_not_doubled() throws {
    let place = try Place()
    try place.importLeads("email,city\nada@acme.test,London\näda@acme.test,Köln\n")
    let ran = try place.importLeads("email\nADA@Acme.Test\nÄDA@acme.test\nnew@acme.test\n", batch: "june")
    #expect(ran.json["created"] as? Int == 1)
    #expect(ran.json["joined"] as? Int == 3)
    #expect(try place.sql("select count(*) from leads") == ["3"])
    #expect(try place.batch("june") == ["ADA@Acme.Test", "ÄDA@acme.test", "new@acme.test"])
    #expect(try place.batch("may") == ["ADA@Acme.Test", "ÄDA@acme.test"])
  }

  /// An update that clears what it does not know costs what somebody had typed in.
  @Test func newer_values_win_column_by_column_and_absent_ones_say_nothing() throws {
    let place = try Place()
    try place.importLeads("email,first_name,city,phone,plan,size\nada@acme.test,Ada,London,+4412345,gold,big\n")
    let ran = try place.importLeads(
      "email,first_name,city,phone,plan,colour\nada@acme.test,,Leeds,+4467890,silver,red\n")
    #expect(ran.json["updated"] as? Int == 1)
    #expect(
      try place.sql("select first_name, city, phone, attributes from leads")
        == [#"Ada|Leeds|+4467890|{"plan": "silver", "size": "big", "colour": "red"}"#])
  }

  /// A list is put together by appending: the last line is what is known now.
  @Test func within_a_file_later_lines_win_column_by_column() throws {
    let place = try Place()
    let ran = try place.importLeads(
      """
      email,first_name,city,plan,size
      ada@acme.test,Ada,London,gold,
      eve@acme.test,Eve,Rome,,
      ADA@acme.test,,Leeds,silver,big
      ada@ACME.test,Augusta,,,small

      """)
    #expect(ran.json["rows"] as? Int == 4)
    #expect(ran.json["created"] as? Int == 2)
    #expect(ran.json["updated"] as? Int == 0)
    #expect(ran.json["joined"] as? Int == 2)
    #expect(
      try place.sql("select email, first_name, city, attributes from leads order by lower(email)") == [
        #"ada@ACME.test|Augusta|Leeds|{"plan": "silver", "size": "small"}"#, "eve@acme.test|Eve|Rome|{}",
      ])
  }

  /// Repeated rows are looked for only where the reader believes that an email was there before: one that it overlooks
  /// ends the whole import at the unique index.
  @Test func an_email_that_stands_twice_in_a_long_file_is_one_lead_however_far_apart() throws {
    let place = try Place()
    let count = 30_000
    let first = (1...count).map { "p\($0)@acme.test,old\n" }.joined()
    let second = (1...count).reversed().map { $0 % 3 == 0 ? "P\($0)@ACME.test,new\n" : "q\($0)@acme.test,new\n" }
      .joined()
    let ran = try place.importLeads("email,city\n" + first + second)
    #expect(ran.json["created"] as? Int == 2 * count - count / 3)
    #expect(ran.json["joined"] as? Int == 2 * count - count / 3)
    #expect(
      try place.sql("select count(*), count(distinct lower(email)), count(*) filter (where city = 'old') from leads")
        == ["\(2 * count - count / 3)|\(2 * count - count / 3)|\(count - count / 3)"])
    #expect(try place.batch("may").prefix(3) == ["p1@acme.test", "p2@acme.test", "P3@ACME.test"])
  }

  /// Outside ASCII only the database knows which characters are the same in another case; the Kelvin sign is a k.
  @Test(arguments: [
    ["äda@acme.test", "ÄDA@acme.test"], ["ÄDA@acme.test", "äda@acme.test"],
    ["kate@acme.test", "\u{212A}ate@acme.test"],
    ["\u{212A}ate@acme.test", "KATE@acme.test", "kate@ACME.test"],
  ])
  func an_email_outside_ASCII_is_found_in_the_file_in_whatever_case(emails: [String]) throws {
    let place = try Place()
    let ran = try place.importLeads("email\n" + emails.joined(separator: "\n") + "\n")
    #expect(ran.json["created"] as? Int == 1, "\(ran.errors)")
    #expect(try place.sql("select email from leads") == [emails[emails.count - 1]])
    let again = try place.importLeads("email\n" + emails.joined(separator: "\n") + "\n")
    #expect(again.json["unchanged"] as? Int == 1)
  }

  /// A row with only a phone may stand above the row that makes its lead, and the lead stands where it is told of first.
  @Test func a_lead_of_several_rows_stands_in_the_batch_where_the_first_of_them_does() throws {
    let place = try Place()
    try place.importLeads(
      "email,phone\na@acme.test,\n,+4412345\nb@acme.test,\nADA@acme.test,+4412345\nada@acme.test,\nc@acme.test,\n")
    #expect(try place.batch("may") == ["a@acme.test", "ada@acme.test", "b@acme.test", "c@acme.test"])
  }

  /// The zone is judged elsewhere than the rest: counted in both places, a row would be missing from neither or from both.
  @Test func a_row_with_two_faults_has_one_reason_and_is_counted_once() throws {
    let place = try Place()
    let ran = try place.importLeads(
      """
      email,phone,time_zone
      bad,,Mars/Base
      bad,,Europe/London
      ,12,Mars/Base
      ada@acme.test,call me,Mars/Base
      ADA@acme.test,call me,Europe/London
      ,+4412345,Mars/Base

      """)
    let zone = "there is no time zone \"Mars/Base\"; it must be like Europe/London"
    #expect(
      ran.rejects == [2: zone, 3: "the email \"bad\" is not an address", 4: zone, 5: zone, 7: zone])
    #expect(ran.json["rejected"] as? Int == 5)
    #expect(ran.json["phones_left_out"] as? Int == 1)
    #expect(ran.json["created"] as? Int == 1)
    #expect(try place.batch("may") == ["ADA@acme.test"])
  }

  /// The same with a lead that was there: what the file says first must not win over what it says last.
  @Test func later_lines_win_for_a_lead_that_was_there_too() throws {
    let place = try Place()
    try place.importLeads("email,first_name,city,country\nada@acme.test,Ada,London,UK\n")
    let ran = try place.importLeads("email,first_name,city\nada@acme.test,Augusta,Leeds\nADA@ACME.test,,York\n")
    #expect(ran.json["updated"] as? Int == 1)
    #expect(ran.json["joined"] as? Int == 1)
    #expect(
      try place.sql("select email, first_name, city, country from leads") == ["ADA@ACME.test|Augusta|York|UK"])
  }

  /// An import that is run every night would otherwise lock and rewrite every lead, while messages are under way.
  @Test func a_lead_of_which_the_file_says_nothing_new_is_not_touched() throws {
    let place = try Place()
    let csv = "email,phone,city,plan\nada@acme.test,+4412345,London,gold\n,+4499999,Leeds,\n"
    try place.importLeads(csv)
    let before = try place.sql("select id, xmin, ctid, updated_at from leads order by id")
    let ran = try place.importLeads(csv)
    #expect(ran.json["unchanged"] as? Int == 2)
    #expect(ran.json["updated"] as? Int == 0)
    #expect(ran.json["created"] as? Int == 0)
    #expect(try place.sql("select id, xmin, ctid, updated_at from leads order by id") == before)
  }

  /// A switchboard's number is many people's: which of them a row means must not be left to chance.
  @Test func a_row_without_email_belongs_to_the_oldest_lead_with_its_phone() throws {
    let place = try Place()
    try place.sql(
      """
      insert into leads (email, phone, created_at) values
        ('young@acme.test', '+4412345', now() - interval '1 day'), ('old@acme.test', '+4412345', now() - interval '2 days'),
        ('middle@acme.test', '+4412345', now() - interval '36 hours')
      """)
    let ran = try place.importLeads("phone,city\n+44 123 45,Leeds\n")
    #expect(ran.json["created"] as? Int == 0)
    #expect(try place.sql("select email from leads where city = 'Leeds'") == ["old@acme.test"])
    #expect(try place.batch("may") == ["old@acme.test"])
  }

  /// Matched by phone, two people at one desk would become one, and one of them would get the other's name.
  @Test func a_row_with_an_email_is_never_matched_by_its_phone() throws {
    let place = try Place()
    try place.importLeads("email,phone\nada@acme.test,+4412345\n,+4467890\n")
    let ran = try place.importLeads("email,phone\neve@acme.test,+4412345\nbob@acme.test,+4467890\n")
    #expect(ran.json["created"] as? Int == 2)
    #expect(try place.sql("select count(*) from leads") == ["4"])
  }

  /// The row with the phone only may stand above or below the one with the email; later lines win all the same.
  @Test(arguments: [
    ("phone,email,city\n+4412345,ada@acme.test,London\n+44 123 45,,Leeds\n", "Leeds"),
    ("phone,email,city\n+44 123 45,,Leeds\n+4412345,ada@acme.test,London\n", "London"),
    ("phone,email,city\n0044-12345,,Leeds\n+4412345,ada@acme.test,London\n(+44)12345,,York\n", "York"),
    // The email stands twice, and only its second row has the phone.
    ("phone,email,city\n,ada@acme.test,London\n+4412345,ADA@acme.test,\n+4412345,,York\n", "York"),
  ])
  func a_row_without_email_belongs_to_a_row_of_the_file_with_its_phone(csv: String, city: String) throws {
    let place = try Place()
    let ran = try place.importLeads(csv)
    #expect(ran.json["created"] as? Int == 1)
    #expect(ran.json["joined"] as? Int == 1)
    #expect(try place.sql("select lower(email), phone, city from leads") == ["ada@acme.test|+4412345|\(city)"])
    #expect(try place.sql("select count(*) from batch_leads") == ["1"])
  }

  /// The phone may be what the file itself tells of a lead that was there without one.
  @Test func a_row_without_email_finds_a_lead_that_gets_its_phone_in_the_same_file() throws {
    let place = try Place()
    try place.importLeads("email,city\nada@acme.test,London\n")
    let ran = try place.importLeads("email,phone,city\n,+4412345,Leeds\nada@acme.test,+4412345,\n")
    #expect(ran.json["created"] as? Int == 0)
    #expect(ran.json["updated"] as? Int == 1)
    #expect(try place.sql("select email, phone, city from leads") == ["ada@acme.test|+4412345|Leeds"])
  }

  /// Among rows of one file the first is the oldest.
  @Test func of_two_new_leads_with_one_phone_a_row_without_email_belongs_to_the_first() throws {
    let place = try Place()
    let people = (1...20).map { "p\($0)@acme.test,+4412345," }.joined(separator: "\n")
    try place.importLeads("email,phone,city\n\(people)\n,+4412345,Leeds\n")
    #expect(try place.sql("select email from leads where city = 'Leeds'") == ["p1@acme.test"])
  }

  /// Two rows with nothing but one phone are one shop.
  @Test func rows_without_email_and_with_one_phone_are_one_lead() throws {
    let place = try Place()
    let ran = try place.importLeads("phone,city,plan\n+4412345,London,gold\n+4467890,,\n+44 12345,Leeds,\n")
    #expect(ran.json["created"] as? Int == 2)
    #expect(ran.json["joined"] as? Int == 2)
    #expect(
      try place.sql("select phone, city, attributes from leads order by 1")
        == [#"+4412345|Leeds|{"plan": "gold"}"#, "+4467890||{}"])
  }

  /// The order of the file is the order in which messages go out.
  @Test func the_batch_keeps_the_order_of_the_file() throws {
    let place = try Place()
    try place.importLeads("email\nc@acme.test\nz@acme.test\n", batch: "april")
    let ran = try place.importLeads(
      "email,phone\nd@acme.test,\nc@acme.test,\n,+4412345\nb@acme.test,\nD@acme.test,\na@acme.test,\n")
    #expect(ran.json["joined"] as? Int == 5)
    #expect(try place.batch("may") == ["D@acme.test", "c@acme.test", "+4412345", "b@acme.test", "a@acme.test"])
    // A lead that is in the batch already keeps its place.
    try place.importLeads("email\nnew@acme.test\na@acme.test\nd@acme.test\n")
    #expect(
      try place.batch("may")
        == ["d@acme.test", "c@acme.test", "+4412345", "b@acme.test", "a@acme.test", "new@acme.test"])
  }

  // MARK: - Rows that cannot be used

  /// One bad row must cost neither its neighbours nor the knowledge that it is missing.
  @Test func each_row_that_cannot_be_used_is_told_with_its_line_and_reason_and_the_rest_goes_in() throws {
    let place = try Place()
    let long = String(repeating: "ä", count: 5001)
    let file = place.path("rejects.csv")
    let csv =
      Array(
        """
        email,phone,city
        first@acme.test,,
        no address,+4412345,
        ,,Nowhere
        ,call me,
        ,1234,
        two@acme.test,
        four@acme.test,,,
        "q"uote@acme.test,,
        long@acme.test,,\(long)
        fits@acme.test,,\(String(repeating: "ä", count: 5000))

        """.utf8) + [UInt8(ascii: "x"), 0xFF, 0x0A] + Array("a\0b,,\nlast@acme.test,,\n\"never".utf8)
    let ran = try place.importLeads(csv, "--rejects", file)
    let expected: [Int: String] = [
      3: "the email \"no address\" is not an address",
      4: "there is neither an email nor a phone",
      5: "the phone \"call me\" is not a number, and there is no email",
      6: "the phone \"1234\" is not a number, and there is no email",
      7: "2 fields where the header has 3",
      8: "4 fields where the header has 3",
      9: "column 1 goes on after its closing quote; a quote inside a quoted field is written twice",
      10: "the city has 10002 bytes; 10000 are the most",
      12: "not valid UTF-8; save the file with that encoding",
      13: "a NUL byte; is the file UTF-16? Save it as UTF-8",
      15: "a quote opened on line 15 is never closed",
    ]
    #expect(ran.exit == 0)
    #expect(ran.json["rows"] as? Int == 14)
    #expect(ran.json["rejected"] as? Int == expected.count)
    #expect(ran.json["created"] as? Int == 3)
    #expect(ran.rejects == expected.filter { $0.key < 15 }, "the first ten")
    let written =
      "line,reason\n"
      + expected.sorted { $0.key < $1.key }.map {
        String(decoding: CSV.row([String($0.key), $0.value]), as: UTF8.self)
      }.joined()
    #expect(try String(contentsOfFile: file, encoding: .utf8) == written)
    #expect(try place.batch("may") == ["first@acme.test", "fits@acme.test", "last@acme.test"])
    #expect(ran.errors.contains("11 of 14 rows"))
  }

  /// A page's end is where rows get lost.
  @Test func thousands_of_rejects_are_all_in_the_file() throws {
    let place = try Place()
    let file = place.path("rejects.csv")
    for count in [999, 1000, 1001, 3500] {
      let bad = (1...count).map { "bad \($0)" }.joined(separator: "\n")
      let ran = try place.importLeads("email\n\(bad)\ngood@acme.test\n", "--rejects", file)
      #expect(ran.json["rejected"] as? Int == count)
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == count + 1)
      #expect(lines.last == "\(count + 1),\"the email \"\"bad \(count)\"\" is not an address\"")
    }
  }

  /// Reasons quote addresses: a log is not where they belong, and a file of them is its owner's.
  @Test func no_value_of_the_file_is_logged_and_the_rejects_are_for_their_owner_only() throws {
    let place = try Place()
    let file = place.path("rejects.csv")
    for csv in ["email\nada(at)secret.test\ngood@acme.test\n", "email\nada(at)secret.test\n", "ada@secret.test,x\n"] {
      let ran = try place.importLeads(csv, "--rejects", file)
      #expect(!ran.errors.isEmpty)
      #expect(!ran.errors.contains("secret"))
    }
    let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(permissions == 0o600)
  }

  /// A file from the last run would be taken for this run's.
  @Test func a_file_of_rejects_is_written_when_there_are_none() throws {
    let place = try Place()
    let file = place.path("rejects.csv")
    try "old".write(toFile: file, atomically: false, encoding: .utf8)
    try place.importLeads("email\nada@acme.test\n", "--rejects", file)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "line,reason\n")
    #expect(try place.files() == ["rejects.csv"])
  }

  /// Without its rejects nobody would know what is missing from an import that went through.
  @Test(arguments: ["/dev/full", "/nonexistent/rejects.csv"])
  func rejects_that_cannot_be_written_change_nothing(path: String) throws {
    let place = try Place()
    let ran = try place.importLeads("email\nada@acme.test\nbad\n", "--rejects", path)
    #expect(ran.exit == 65)
    #expect(ran.errors.contains("the file \(path) cannot be written"))
    #expect(try place.isUntouched())
  }

  /// The same when the disk is full halfway.
  @Test func rejects_that_cannot_be_written_to_their_end_change_nothing() throws {
    let place = try Place()
    let file = place.path("rejects.csv")
    let bad = (1...5000).map { "bad \($0)" }.joined(separator: "\n")
    // At most 64 blocks of 512 or 1024 bytes, and an error instead of the signal.
    let ran = try place.run(
      "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 64; exec import-leads --batch may --rejects \(file)"],
      input: Array("email\nada@acme.test\n\(bad)\n".utf8), ["PATH": Place.programs.path])
    #expect(ran.exit == 65)
    #expect(ran.errors.contains("the file \(file) cannot be written"))
    #expect(try place.isUntouched())
    #expect(try place.files() == [])
  }

  /// To rename a file onto /dev/null is to take it away from everybody.
  @Test func what_is_no_regular_file_is_written_to_and_not_replaced() throws {
    let place = try Place()
    let link = place.path("null")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    #expect(try place.importLeads("email\nada@acme.test\n", "--rejects", link).exit == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
  }

  /// A phone as it is written in a hundred ways is one phone, and a lead is found by it.
  @Test(
    arguments: [
      ("+44 20 7946 0000", "+442079460000"), ("(020) 7946-0000", "02079460000"), ("0044.20.7946.0000", "+442079460000"),
      ("020/7946\u{A0}0000", "02079460000"), ("+44\u{2011}20\u{2013}79460000", "+442079460000"),
      ("\u{202A}+44 20 7946 0000\u{202C}", "+442079460000"), ("12345", "12345"),
      ("+123456789012345", "+123456789012345"),
      ("0 0 4 4 12345", "+4412345"),
      ("1234", nil), ("+1234567890123456", nil), ("call me", nil), ("+44 20 7946 0000 x12", nil), ("++4412345", nil),
      ("44+12345", nil), ("-", nil), ("+", nil), ("00", nil), ("٠١٢٣٤٥٦", nil),
    ] as [(String, String?)])
  func a_phone_is_normalised_and_one_that_is_no_number_is_left_out_beside_an_email(
    phone: String, number: String?
  ) throws {
    let place = try Place()
    let ran = try place.importLeads("email,phone\nada@acme.test,\(phone)\n")
    #expect(try place.sql("select coalesce(phone, 'none') from leads") == [number ?? "none"])
    #expect(ran.json["phones_left_out"] as? Int == (number == nil ? 1 : 0))
    #expect(ran.json["rejected"] as? Int == 0)
  }

  // MARK: - Addresses

  static let addresses: [String] = {
    let a = { (count: Int) in String(repeating: "a", count: count) }
    return [
      "ada@acme.test", "a@b", "Ada.Lovelace+news@mail.acme.test", "!#$%&'*+-/=?^_`{|}~@acme.test", "ada@1.2-3.test",
      "ada@xn--bcher-kva.test", "ada@почта.test", "用户@例え.test", "é@é.test", "ada", "ada@acme@evil.test",
      "@a.test:ada@acme.test", "\"a@b\"@acme.test", "ada@acme.test,eve@evil.test", "@acme.test", ".ada@acme.test",
      "ada.@acme.test", "a..da@acme.test", "\"ada\"@acme.test", "ada(x)@acme.test", "<ada@acme.test", "a\\da@acme.test",
      "ada@", "@", "ada@[127.0.0.1]", "ada@.acme.test", "ada@acme.test.", "ada@acme..test", "ada@-acme.test",
      "ada@acme-.test", "ada@a--b.test", "ada@a-.-b.test", "ada@ac_me.test", "ada@acme.test>", "ada@acme.test/x",
      "ada@ac me.test", "ada @acme.test", "ada@acme.test\nBcc: eve", "ada\t@acme.test", "ada@acme.\u{7F}test",
      "ada@\u{301}acme.test", "\u{301}da@acme.test", "ada@acme.\u{20DD}test", "ada.\u{301}@acme.test",
      "a\u{301}@acme.test",
      "ada@-é.test", "ada@é-.test", "ada@é-é.test", ".é@acme.test", "é.@acme.test", "é..é@acme.test", "é@é@é.test",
      a(64) + "@acme.test", a(65) + "@acme.test", String(repeating: "é", count: 32) + "@acme.test",
      String(repeating: "é", count: 33) + "@acme.test", "ada@" + a(63) + ".test", "ada@" + a(64) + ".test",
      "ada@test." + a(63), "ada@test." + a(64), "ada@" + String(repeating: "é", count: 31) + "a.test",
      "ada@" + String(repeating: "é", count: 32) + ".test", "ada@" + String(repeating: "例", count: 21) + ".test",
      "ada@" + String(repeating: "例", count: 21) + "a.test", "ada@" + String(repeating: "𠮷", count: 15) + "aaa.test",
      "ada@" + String(repeating: "𠮷", count: 16) + ".test", a(64) + "@" + a(63) + ".test",
      "a@" + String(repeating: "bcd.", count: 62) + "test", "a@" + String(repeating: "bcd.", count: 63) + "t",
      "é@" + String(repeating: "bcd.", count: 62) + "tes", "é@" + String(repeating: "bcd.", count: 62) + "test",
    ]
  }()

  /// What the import lets in and the transport then refuses is a lead that fails on the day; what the transport would
  /// take and the import refuses is a lead that is lost.
  @Test func an_email_is_an_address_exactly_when_Mailbox_says_so() throws {
    let place = try Place()
    var csv = Array("email\n".utf8)
    for address in Self.addresses { csv += CSV.row([address]) }
    let file = place.path("rejects.csv")
    #expect(try place.importLeads(csv, "--rejects", file).exit == 0)
    let taken = Set(try place.sql("select email from leads"))
    for address in Self.addresses {
      let isAddress = (try? Mailbox(name: nil, address: address)) != nil
      #expect(taken.contains(address) == isAddress, "\(address.debugDescription)")
    }
  }

  /// The same for characters of every kind in every place of an address; `MailboxTests` has all of them.
  @Test func every_character_is_judged_as_in_Mailbox() throws {
    let place = try Place()
    // What stands at an end and is white space is trimmed, and NUL is another problem.
    let scalars = (UInt32(1)...0x10FFFF).filter { $0 < 0x3100 || $0 % 1021 == 0 || 0xFE00...0xFFFF ~= $0 }
      .compactMap(Unicode.Scalar.init).filter { !$0.properties.isWhitespace }
    let places = [("a", "a@b.test"), ("", "a@b.test"), ("a@b", "b.test"), ("a@", "b.test")]
    let addresses = places.flatMap { place in scalars.map { place.0 + String(Character($0)) + place.1 } }
    var csv = Array("email\n".utf8)
    // No line breaks among the characters, so the line is the place in the list.
    for address in addresses { csv += CSV.row([address]) }
    let file = place.path("rejects.csv")
    #expect(try place.importLeads(csv, "--rejects", file).exit == 0)
    let rejected = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap {
      $0.split(separator: ",").first.flatMap { Int($0) }
    }
    let refused = addresses.indices.filter { (try? Mailbox(name: nil, address: addresses[$0])) == nil }
    #expect(rejected.map { $0 - 2 } == refused)
  }

  // MARK: - Refusals

  /// Half a guess at what a column means is a list of people under wrong names.
  @Test(arguments: [
    ("", "the file is empty"), ("\n\r\n", "the file is empty"), ("\u{FEFF}", "the file is empty"),
    ("first_name,city\nAda,London\n", "neither a column \"email\" nor a column \"phone\""),
    ("ada@acme.test,Ada\n", "neither a column \"email\" nor a column \"phone\""),
    ("email,,city\nada@acme.test,x,London\n", "column 2 of the header has no name"),
    ("email,city,\" \"\nada@acme.test,London,x\n", "column 3 of the header has no name"),
    ("email,plan,plan\nada@acme.test,a,b\n", "two columns \"plan\": 2 and 3"),
    ("Email,city,email\nada@acme.test,a,b\n", "two columns \"email\": 1 and 3"),
    ("email,First Name,first-name\nada@acme.test,a,b\n", "two columns \"first_name\": 2 and 3"),
    ("email;city\nada@acme.test;London\n", "the header has semicolons and no comma: the separator must be a comma"),
    ("email\tcity\nada@acme.test\tLondon\n", "the header has tabs and no comma: the separator must be a comma"),
    ("\"email,city\nada@acme.test,London\n", "the header cannot be used: a quote opened on line 1 is never closed"),
    ("email,city\n", "there is no row behind the header"), ("email", "there is no row behind the header"),
    ("email\nbad\nworse\n", "no row can be used: line 2: the email is not an address"),
  ])
  func a_file_without_a_usable_header_or_row_changes_nothing(csv: String, sentence: String) throws {
    let place = try Place()
    let ran = try place.importLeads(csv)
    #expect(ran.exit == 65)
    #expect(ran.errors.contains(sentence), "\(ran.errors)")
    #expect(ran.output.isEmpty)
    #expect(try place.isUntouched())
  }

  /// Whoever reads "no row can be used" wants to know of all of them.
  @Test func the_rejects_are_written_even_when_no_row_can_be_used() throws {
    let place = try Place()
    let file = place.path("rejects.csv")
    #expect(try place.importLeads("phone\ncall me\n12\n", "--rejects", file).exit == 65)
    #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 3)
    #expect(try place.isUntouched())
  }

  /// Nor may a refusal leave half a file of rejects beside the old one.
  @Test func a_refused_header_leaves_the_rejects_of_the_last_run() throws {
    let place = try Place()
    try "old".write(toFile: place.path("rejects.csv"), atomically: false, encoding: .utf8)
    #expect(try place.importLeads("name\nAda\n", "--rejects", place.path("rejects.csv")).exit == 65)
    #expect(try String(contentsOfFile: place.path("rejects.csv"), encoding: .utf8) == "old")
    #expect(try place.files() == ["rejects.csv"])
  }

  /// The ledger is written when a campaign starts: who joins its batch later would never be written to, unnoticed.
  @Test func a_batch_that_a_campaign_uses_is_refused_before_anything_is_read() throws {
    let place = try Place()
    try place.importLeads("email\nada@acme.test\n")
    try place.giveBatch("may", to: "spring")
    let ran = try place.run("import-leads", ["--batch", "may", place.path("no such file")])
    #expect(ran.exit == 65)
    #expect(ran.errors.contains("the batch \"may\" is in use by the campaign \"spring\""))
    #expect(try place.importLeads("email\neve@acme.test\n", batch: "june").exit == 0)
  }

  /// Else a campaign could start with half of a file.
  @Test func a_batch_is_locked_while_it_is_imported_into() throws {
    let place = try Place()
    try place.importLeads("email\nada@acme.test\n")
    let pipe = try NamedPipe(place.path("pipe"))
    let running = try place.start("import-leads", ["--batch", "may", pipe.path])
    let free = "select count(*) from (select from lead_batches where name = 'may' for no key update skip locked) x"
    pipe.open()
    try place.waitUntil(free, is: "0")
    pipe.write("email\neve@acme.test\n")
    pipe.close()
    #expect(running.wait().exit == 0)
    #expect(try place.sql(free) == ["1"])
  }

  /// A file that comes from a slow program must not be given up because the database is bored.
  @Test func the_header_may_come_late() throws {
    let place = try Place()
    let pipe = try NamedPipe(place.path("pipe"))
    // The time-out that the prologue sets is 30 s; what counts is that the session does not idle while it waits.
    let running = try place.start("import-leads", ["--batch", "may", pipe.path])
    pipe.open()
    try place.waitUntil(
      """
      select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.relation = 'lead_batches'::regclass
      where a.state = 'active' and a.wait_event = 'ClientRead' and a.query like '-- copy-import-rows%'
      """, is: "1")
    pipe.write("email\nada@acme.test\n")
    pipe.close()
    #expect(running.wait().exit == 0)
  }

  // MARK: - Two at once, and the end of one

  /// Two lists of the same people, in opposite order, into two batches: without the lock they deadlock or double.
  @Test func two_imports_at_the_same_time_neither_wait_for_each_other_for_ever_nor_double_a_lead() throws {
    let place = try Place()
    try place.importLeads("email,city\nknown1@acme.test,x\nknown2@acme.test,x\n,\n", batch: "old")
    let people = (1...300).map { "p\($0)@acme.test,May" } + ["known1@acme.test,May", "known2@acme.test,May", ",May"]
    let phones = (1...50).map { ",+44123\(100 + $0),May" }
    let may = "email,phone,city\n" + (people.map { $0.replacing(",", with: ",,") } + phones).joined(separator: "\n")
    let june = may.replacing("May", with: "June").split(separator: "\n")
    // Both have read their files and wait for their turn, when the lock is let go.
    let gate = try Session.gate(place)
    let imports = [
      try place.start("import-leads", ["--batch", "may"], input: may),
      try place.start(
        "import-leads", ["--batch", "june"], input: ([june[0]] + june.dropFirst().reversed()).joined(separator: "\n")),
    ]
    try gate.wait(untilBlocked: 2)
    gate.send("rollback;")
    for one in imports {
      let ran = one.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      #expect(ran.json["joined"] as? Int == 352)
    }
    #expect(try place.sql("select count(*), count(distinct coalesce(lower(email), phone)) from leads") == ["352|352"])
    #expect(try place.sql("select count(distinct city) from leads where city in ('May', 'June')") == ["1"])
  }

  /// Two imports into one new batch both want to make it.
  @Test func two_imports_into_one_new_batch_go_one_after_the_other() throws {
    let place = try Place()
    let imports = try (1...4).map { number in
      try place.start("import-leads", ["--batch", "may"], input: "email\nada@acme.test\np\(number)@acme.test\n")
    }
    for one in imports { #expect(one.wait().exit == 0) }
    #expect(try place.sql("select count(*) from lead_batches") == ["1"])
    #expect(try place.sql("select count(*) from batch_leads") == ["5"])
  }

  /// Whoever else makes leads does not know of the imports' lock; the unique index does.
  @Test func a_lead_that_somebody_else_is_just_making_is_not_doubled() throws {
    let place = try Place()
    let other = try Session(place)
    try other.ask("insert into leads (email) values ('ADA@acme.test');")
    let running = try place.start("import-leads", ["--batch", "may"], input: "email\neve@acme.test\nada@acme.test\n")
    try other.wait(untilBlocked: 1)
    other.send("commit;")
    let ran = running.wait()
    #expect(ran.exit == 75)
    #expect(ran.errors.contains("import it again"))
    #expect(try place.sql("select email from leads") == ["ADA@acme.test"])
    #expect(try place.importLeads("email\neve@acme.test\nada@acme.test\n").json["created"] as? Int == 1)
  }

  /// A settlement locks leads in the order of their ids; an import that took them in the order of the file could meet it
  /// halfway.
  @Test func leads_are_locked_in_the_order_of_their_ids() throws {
    let place = try Place()
    try place.importLeads("email,city\na@acme.test,x\nb@acme.test,x\nc@acme.test,x\n")
    let settlement = try Session(place)
    try settlement.ask("select count(*) from (select from leads where email = 'a@acme.test' for no key update) x;")
    let running = try place.start(
      "import-leads", ["--batch", "may"], input: "email,city\nc@acme.test,y\nb@acme.test,y\na@acme.test,y\n")
    try settlement.wait(untilBlocked: 1)
    #expect(
      try place.sql("select email from leads order by email for no key update skip locked")
        == ["b@acme.test", "c@acme.test"], "the import waits for the first and holds none behind it")
    settlement.send("rollback;")
    #expect(running.wait().json["updated"] as? Int == 3)
  }

  /// Killed while it reads, and killed when it has read all: a half of a list is worse than none.
  @Test(arguments: [false, true]) func a_killed_import_changes_nothing(hasReadAll: Bool) throws {
    let place = try Place()
    try place.importLeads("email,city\nada@acme.test,London\n", batch: "april")
    let before = try place.everything()
    let gate = try Session.gate(place)
    let pipe = try NamedPipe(place.path("pipe"))
    let running = try place.start(
      "import-leads", ["--batch", "may", pipe.path, "--rejects", place.path("rejects.csv")])
    pipe.open()
    pipe.write("email,city\nADA@acme.test,Leeds\nbad,x\n" + (1...5000).map { "p\($0)@acme.test,x\n" }.joined())
    if hasReadAll {
      pipe.close()
      try gate.wait(untilBlocked: 1)
    } else {
      try place.waitUntil(
        """
        select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.relation = 'lead_batches'::regclass
        where a.query like '-- copy-import-rows%'
        """, is: "1")
    }
    running.kill()
    #expect(running.wait().exit == -9)
    gate.send("rollback;")
    try place.waitUntil(
      "select count(*) from pg_locks where relation = 'lead_batches'::regclass and pid <> pg_backend_pid()", is: "0")
    #expect(try place.everything() == before)
    #expect(try place.importLeads("email\nada@acme.test\n").exit == 0, "nothing is left locked")
  }

  // MARK: - Sizes and times

  /// A file of any size: what is held is one record and some chunks.
  @Test func a_large_file_is_imported_in_little_memory() throws {
    let place = try Place()
    let file = place.path("large.csv")
    let filler = String(repeating: "x", count: 1500)
    try ("email,plan\n" + (1...40_000).map { "p\($0)@acme.test,\(filler)\n" }.joined())
      .write(toFile: file, atomically: false, encoding: .utf8)
    let gate = try Session.gate(place)
    let running = try place.start("import-leads", ["--batch", "may", file])
    try gate.wait(untilBlocked: 1)
    let peak = try #require(running.peakMemory)
    #expect(peak < 40_000, "KiB, for a file of 60 MB")
    gate.send("rollback;")
    #expect(running.wait().exit == 0)
    #expect(try place.sql("select count(*) from batch_leads") == ["40000"])
  }

  /// Tests and previews travel in time by the product's clock, and the oldest lead is judged by it.
  @Test func leads_are_made_and_changed_by_the_clock_of_the_product() throws {
    let place = try Place()
    try place.importLeads("email,city\nada@acme.test,x\n")
    let environment = ["DATABASE_URL": place.url(options: "-c campanile.clock_offset=2days")]
    try place.run(
      "import-leads", ["--batch", "may"], input: Array("email,city\nada@acme.test,y\neve@acme.test,y\n".utf8),
      environment)
    #expect(
      try place.sql(
        "select email, created_at > now() + interval '1 day', updated_at > now() + interval '1 day' from leads order by 1"
      )
        == ["ada@acme.test|f|t", "eve@acme.test|t|t"])
  }

  /// A file that is given by name, by `-` or by nothing at all is the same file.
  @Test func the_file_is_an_argument_or_standard_input() throws {
    let place = try Place()
    let csv = Array("email\nada@acme.test\n".utf8)
    try Data(csv).write(to: URL(fileURLWithPath: place.path("leads.csv")))
    #expect(try place.run("import-leads", ["--batch", "may", place.path("leads.csv")]).json["created"] as? Int == 1)
    #expect(try place.run("import-leads", ["--batch", "may", "-"], input: csv).json["unchanged"] as? Int == 1)
    #expect(try place.run("import-leads", ["--batch", "may"], input: csv).json["unchanged"] as? Int == 1)
    #expect(try place.run("import-leads", ["--batch", "may", place.path("none")]).exit == 66)
    #expect(try place.run("import-leads", [], input: csv).exit == 64)
  }
}

// MARK: - What the tests stand on

/// A workspace and a folder for one test.
private final class Place {
  static let databaseURL = ProcessInfo.processInfo.environment["DATABASE_URL"]
  static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  let schema = "import_" + UUID().uuidString.lowercased().replacing("-", with: "")
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let ran = try run("migrate", [])
    try #require(ran.exit == 0, "\(ran.errors)")
  }

  deinit {
    // A test that failed may have left something that holds locks: then the schema stays.
    _ = try? sql("set client_min_messages = error; set lock_timeout = '5s'; drop schema \(schema) cascade")
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  func url(options: String) -> String {
    let escaped = options.replacing(" ", with: "%20").replacing("=", with: "%3D")
    let url = Self.databaseURL ?? ""
    return url + (url.contains("?") ? "&" : "?") + "options=" + escaped
  }

  func start(
    _ program: String, _ arguments: [String], input: String = "", _ environment: [String: String] = [:]
  ) throws -> Started {
    try start(program, arguments, input: Array(input.utf8), environment)
  }

  func start(
    _ program: String, _ arguments: [String], input: [UInt8], _ environment: [String: String] = [:]
  ) throws -> Started {
    var all = ["DATABASE_URL": Self.databaseURL ?? "", "CAMPANILE_SCHEMA": schema, "PATH": "/usr/bin:/bin"]
    all.merge(environment) { $1 }
    let url = program.hasPrefix("/") ? URL(fileURLWithPath: program) : Self.programs.appendingPathComponent(program)
    return try Started(url, arguments, all, Data(input))
  }

  @discardableResult
  func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], _ environment: [String: String] = [:]
  ) throws -> Ran {
    try start(program, arguments, input: input, environment).wait()
  }

  @discardableResult
  func importLeads(_ csv: String, batch: String = "may", _ more: String...) throws -> Ran {
    try run("import-leads", ["--batch", batch] + more, input: Array(csv.utf8))
  }

  @discardableResult
  func importLeads(_ csv: [UInt8], _ more: String...) throws -> Ran {
    try run("import-leads", ["--batch", "may"] + more, input: csv)
  }

  @discardableResult
  func sql(_ text: String) throws -> [String] {
    let ran = try Started(
      URL(fileURLWithPath: "/usr/bin/psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", Self.databaseURL ?? ""],
      ["PATH": "/usr/bin:/bin"], Data("set search_path = \(schema);\n\(text)".utf8)
    ).wait()
    try #require(ran.exit == 0, "\(ran.errors)")
    return ran.output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }

  /// The leads of a batch in their order, each by its email or phone.
  func batch(_ name: String) throws -> [String] {
    try sql(
      """
      select coalesce(l.email, l.phone) from lead_batches b join batch_leads j on j.batch_id = b.id
      join leads l on l.id = j.lead_id where b.name = '\(name)' order by j.position
      """)
  }

  func giveBatch(_ batch: String, to campaign: String) throws {
    try sql(
      """
      insert into email_templates (name, channel, subject, text) values ('hello', 'email', 'Hi', 'Hi');
      insert into campaigns (name, campaign_type, use_workflow, template_id, sender_ids)
      select '\(campaign)', 'outreach', false, t.id, '{}' from email_templates t;
      update lead_batches set active_campaign_id = (select id from campaigns) where name = '\(batch)';
      """)
  }

  func isUntouched() throws -> Bool {
    try sql("select count(*) from leads union all select count(*) from lead_batches") == ["0", "0"]
  }

  func everything() throws -> [String] {
    try sql(
      """
      select l from leads l order by l.id; select b from lead_batches b order by b.id;
      select j from batch_leads j order by j.position;
      """)
  }

  /// Waits for a query to answer something; half a minute is for ever.
  func waitUntil(_ query: String, is answer: String) throws {
    let start = Date()
    while try sql(query) != [answer] {
      try #require(Date().timeIntervalSince(start) < 30, "\(query) is never \(answer)")
    }
  }
}

private struct Ran {
  let exit: Int32
  let output: String
  let errors: String

  var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:] }

  var rejects: [Int: String] {
    let list = json["rejects"] as? [[String: Any]] ?? []
    return Dictionary(
      list.map { ($0["line"] as? Int ?? -1, $0["reason"] as? String ?? "") }, uniquingKeysWith: { first, _ in first })
  }
}

/// A program under way.
private final class Started {
  private let running: Running

  init(_ program: URL, _ arguments: [String], _ environment: [String: String], _ input: Data) throws {
    running = try Running(program, arguments, environment: environment, input: input)
  }

  deinit {
    if !running.hasEnded { kill() }
  }

  /// The most memory that it has had so far, in KiB; nil once it has ended.
  var peakMemory: Int? {
    let status = try? String(contentsOfFile: "/proc/\(running.id)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) }
  }

  func kill() { running.signal(SIGKILL) }

  func wait() -> Ran {
    running.block()
    let ran = running.result()
    return Ran(exit: ran.exit, output: ran.output, errors: ran.errors)
  }
}

extension Session {
  /// A session with an open transaction.
  fileprivate convenience init(_ place: Place) throws {
    try self.init(url: Place.databaseURL ?? "", schema: place.schema)
    try ask("begin;")
  }

  /// Behind it every import of the workspace that has read its file waits for its turn.
  fileprivate static func gate(_ place: Place) throws -> Session {
    let session = try Session(place)
    try session.ask("select pg_advisory_xact_lock(hashtext('campanile.import.' || current_schema()));")
    return session
  }
}

/// A pipe with a name, so that a program reads as slowly as the test writes.
private final class NamedPipe {
  let path: String
  private var descriptor: Int32 = -1

  init(_ path: String) throws {
    self.path = path
    try #require(mkfifo(path, 0o600) == 0)
  }

  /// Waits until the program has opened it.
  func open() { descriptor = Foundation.open(path, O_WRONLY) }

  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  func close() {
    _ = Foundation.close(descriptor)
    descriptor = -1
  }
}
