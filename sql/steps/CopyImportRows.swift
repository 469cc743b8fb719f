import Postgres

/// The records of a file, streamed into `import_rows`; for ``Transaction/copy(_:_:)``, so it is no ``Statement``.
public enum CopyImportRows {
  /// `sql/steps/copy-import-rows.sql`.
  public static let sql = SQLText("copy-import-rows", PackageResources.copy_import_rows_sql)

  /// The known columns of a lead, in the order in which the bytes have them: behind line and lead id, and before the
  /// attributes, the problem and the two flags.
  public static let leadColumns = [
    "email", "phone", "first_name", "contact_name", "company_name", "industry", "city", "country", "website",
    "time_zone",
  ]
  /// The place of `email` among them.
  public static let email = 0
  /// The place of `phone` among them.
  public static let phone = 1
}
