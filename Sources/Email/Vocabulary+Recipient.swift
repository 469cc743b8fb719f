extension Vocabulary {
  /// What is said of the recipient and of its server.
  static let textsOfTheRecipient: [(Topic, String)] = [
    (
      .systemFull,
      """
      system .. full|storage|disk|space|resources
      insufficient|low|not|no|out .. system|server|disk|memory|resources
      insufficient .. storage|space
      space shortage
      disk|disc|spool|queue|partition|filesystem full|space|is
      no space left
      """
    ),
    (
      .full,
      """
      mailbox|mail|inbox|mailfolder|maildir|account|folder|box|recipient|user|recipients|users .. full|voll|plein|pleine|lleno|llena
      full mailbox|inbox|account
      overquota*
      overquotatemp
      over .. quota|storage|limit|allocation
      out of storage|space
      quota .. exceed*|violation|reached|full|overdrawn|usage|limit|used
      exceed* .. quota|storage|space|allocation|allotment
      mailbox|inbox|storage|user|account .. size|storage|space|limit|quota .. exceed*|exeed*|reached|used|full
      mailbox|maildir|account|user|recipient exceed*|has|would .. limit|quota|allowed|storage|space
      not enough|sufficient .. space|storage
      insufficient|no|enough .. space|storage .. mailbox|user|recipient|in|for
      space .. used up
      too many messages on|in .. server|mailbox
      boite .. pleine
      buzon|casilla|bandeja .. lleno|llena
      caixa .. cheia|lotada
      casella|mailbox .. piena|pieno
      postfach|mailbox|konto|speicher .. voll|ueberfuellt|ueberschritten|erschoepft
      speicherplatz*
      cuota|cota|quota .. excedida|superada|excedid*|depass*|superat*|atteint*
      espacio|espaco|espace|spazio .. insuficiente|disponible|insuffisant|lleno|esaurito
      postvak vol
      perepolnen*
      przepeln*
      переполнен
      """
    ),
    (
      .someQuota,
      """
      quota
      kontingent
      cuota
      """
    ),
    (
      .locked,
      """
      temporar*|momentarily|currently .. locked|suspended|disabled|inactive|blocked|deactivated|gesperrt
      temporarily|currently .. mailbox|recipient|user|account
      mailbox|recipient|user|account .. temporar*|busy|deferred
      mailbox|account|user .. locked|busy
      """
    ),
    (
      .closed,
      """
      mailbox|user|recipient|konto|postfach|inbox .. disabled|inactive|suspended|deactivated|expired|closed|frozen|terminated|blocked|archived|discontinued|gesperrt|deaktiviert|geschlossen|hold|cancelled|canceled|abandoned|dormant|unused|desactivad*|desativad*|suspendid*|bloquead*|disattivat*
      address|email|addressee .. disabled|inactive|suspended|deactivated|expired|closed|terminated|retired|discontinued|archived
      inactive|disabled|suspended|deactivated|closed|expired|archived|abandoned|dormant|frozen user|mailbox|email|recipient|address|addressee
      recipient address rejected inactive|blocked|disabled|suspended|expired
      invalid inactive
      due to .. inactivity
      not active|activated
      no longer accept*|used|active|monitored|works|employed|receiv*|use|in
      not|isnt accepting .. mail|messages|email|any|new
      mail receiving disabled
      has|have moved|left|retired
      boite|compte .. archive*|desactive*|suspendu*|ferme*
      otklyuch*
      zablokirovan
      blocked .. inactivity
      and inactive
      """
    ),
    (
      .someAccount,
      """
      account|compte|conta|cuenta .. disabled|inactive|suspended|deactivated|expired|closed|frozen|terminated|blocked|archived|discontinued|gesperrt|hold|cancelled|canceled|locked|not|bloqu*|suspend*|desactiv*|desativ*
      inactive|disabled|suspended|deactivated|closed|expired|archived|abandoned|dormant|frozen account
      domain .. disabled|suspended|expired|blocked|deactivated
      """
    ),
    (
      .noUser,
      """
      user|users|recipient|recipients|addressee|mailbox|account|alias|address|destination|username|userid|inbox .. unknown|nonexistent|unallocated|unrecognized|unrecognised|misspelled
      unknown|nonexistent|unrecognized|unrecognised .. user|users|recipient|recipients|address|addressee|mailbox|account|alias|local|destination|username
      unknown virtual|local|or|to
      userunknown
      non existent user|mailbox|recipient|account|address
      no|not such .. user|users|recipient|recipients|mailbox|mailboxes|address|account|accounts|person|local|email|addressee|id|member|alias|username|name
      user|recipient|mailbox|account|address|email|inbox|person|alias|it|name|username|here .. not|doesnt|dont|didnt exist*
      user|recipient|mailbox|account|address|email|name|destination .. not|no found|known|exist*|recognized|recognised|listed|present|registered|valid|local|ok
      recipientnotfound
      recipnotfound
      not found recipient|user|mailbox|account
      not|isnt|invalid .. valid|known|local|active user|mailbox|recipient|account|username
      not|isnt a valid email|address|mailbox|recipient|user
      invalid|bad|illegal|undeliverable|wrong recipient|recipients|mailbox|user|account|addressee|rcpt|local|userid|username
      undeliverable address
      recipient|user|mailbox|rcpt|mailhost .. invalid|undeliverable
      no mailbox|account|user|recipient|one|email here|by|found|for|at|there|available|with|called
      no mail box|boxes
      doesnt|dont|not have .. account|mailbox
      not our customer
      not listed|present|found|registered .. directory|book|database
      blank mailhost
      unknown or illegal
      empfaenger|benutzer|postfach|adresse|nutzer|mailbox|adressat|konto .. unbekannt|existiert|gefunden|vorhanden|ungueltig|bekannt
      unbekannt* benutzer|empfaenger|adresse|nutzer|mailbox|postfach|adressat
      kein|keine .. benutzer|postfach|mailbox|empfaenger
      utilisateur|destinataire|adresse|boite|compte|usager .. inconnu*|inexistant*|introuvable|invalide|nexiste|existe
      aucun utilisateur|destinataire
      usuario|destinatario|buzon|cuenta|direccion|casilla|caixa|conta|endereco .. desconocid*|desconhecid*|inexistente|invalid*|existe|encontrad*|valid*
      no|nao existe
      utente|destinatario|casella|indirizzo .. sconosciut*|inesistente|esiste|trovat*|valid*
      nessun utente
      gebruiker|ontvanger|postvak|adres .. onbekend|bestaat|ongeldig
      onbekende gebruiker|ontvanger
      nieznan* uzytkownik|adresat|odbiorca
      nie ma takiego
      uzivatel .. neexistuje|neznamy
      polzovatel* .. naiden*|nayden*|najden*|sushchestvuet|suschestvuet
      net takogo
      takogo polzovatelya
      пользователь .. найден|существует
      пользователя .. нет|существует
      tried|trying to reach does|doesnt|did not|exist
      """
    ),
    (
      .perhapsNoUser,
      """
      could|can not be found
      address|recipient .. not .. valid
      bad destination|address
      address invalid|incorrect|wrong
      email address .. invalid|incorrect|wrong
      marked as invalid
      no longer valid|exist*|on|available|here|with|at
      not in|on|present .. recipient|directory|address|user list|book|table|database|server
      cannot|cant|couldnt|unable .. find .. user|recipient|mailbox|account|address
      """
    ),
    (
      .noDomain,
      """
      unrouteable address|mail|domain
      unroutable address|mail|domain
      nullmx
      null mx
      recipient|recipients|destination .. domain|host .. not|unknown|invalid|does|doesnt|nonexistent
      domain|host does|doesnt .. not|accept accept|mail
      host or domain
      unknown or nonexistent|invalid domain
      tenant or domain
      """
    ),
    (
      .someDomain,
      """
      domain|host|hostname|mx|tenant .. not|no|doesnt found|exist*|accept|valid|known|hosted|local|resolve|here
      unknown|invalid|no|nonexistent|unresolvable|such domain|host|hostname|mx
      unknown .. domain|host
      domain|host unknown|invalid
      no mx|route|mail .. record*|found|host|domain|server|exchanger
      no domain
      domaine|dominio|domain .. inconnu|inexistant|inexistente|desconocido|desconhecido|unbekannt|sconosciuto
      """
    ),
    (
      .unavailable,
      """
      mailbox|recipient|recipients|user|account|inbox .. unavailable|unavaiable|available|inaccessible
      address|addresses rejected
      recipient|recipients|user|mailbox|addressee rejected|refused|denied|failed|error|not
      """
    ),
    (
      .crowded,
      """
      originating from your
      organization queue quota
      queue quota
      excessive volume|traffic|rate
      unexpected volume
      rate limited due
      server busy .. from
      temporarily deferred
      tss04
      ts01|ts02|ts03
      user complaints
      """
    ),
    (
      .later,
      """
      service|services|server|servers|system|resource|resources|host|smtp .. unavailable|available|busy|refuse*
      temporarily|currently|momentarily .. unavailable|available|busy|overloaded|unable
      try|come|retry|resend|send .. later|again|back|back
      later
      again
      retry|wait .. seconds|minutes|secs|mins
      in|nach|dans|en .. minuten|sekunden|minutos|segundos|minuti|secondes
      erneut|spaeter
      plus tard
      mas tarde
      mais tarde
      piu tardi
      pozzhe
      """
    ),
    (
      .resolving,
      """
      cannot|cant|not|unable .. resolve
      temporary domain failure|error|problem
      domain lookup|name|resolution .. fail*|error
      """
    ),
    (
      .trouble,
      """
      lookup|resolver|resolution|dns|database|ldap|directory|mysql|sql|backend .. fail*|error*|timeout|timed|unavailable|down|problem|temporarily
      temporary|temporarily|internal|local|system|server|configuration|technical|unexpected|transient|processing|queue|write|disk|io|database|software .. error|errors|problem|problems|failure|trouble
      server|system configuration|misconfigured
      misconfigur*
      could|can|cannot|unable .. resolve|connect|open|write|create|store|complete|replicat*|contact|lock|process
      connection lost|timed|timeout|refused|dropped|reset
      lost connection
      no healthy
      timeout
      timed out
      overload*
      too busy
      ports are busy
      maintenance
      load .. high|average|too
      high load
      shutting|going down
      milter
      policy service|server
      not|isnt ready|running
      interner|voruebergehend*|technisch* .. fehler
      erreur .. interne|temporaire|technique
      error .. interno|temporal
      erro .. interno|temporario
      """
    ),
    (
      .senderRefused,
      """
      sender address|email|domain .. rejected|refused|denied|blocked|not
      sender rejected|refused|denied|blocked|not|is|was|reject
      rejected|refused|denied|blocked|invalid|bad sender
      mail from .. rejected|refused|denied|not
      from .. not accepted|allowed
      your address|domain|email .. rejected|refused|blocked|denied|not
      spoofing
      antispoof*
      """
    ),
    (
      .denied,
      """
      access .. denied|rejected|refused
      denied|denies
      polic*
      reject*
      refus*
      prohibit*
      not allowed|permitted|accepted|authorized|authorised
      transaction failed
      blocked
      forbidden
      abgelehnt|verweigert|rechazado|rejeitado|rifiutat*
      action not taken
      action aborted
      """
    ),
  ]
}
