/// What a sentence of a refusal can be about, by its words. The cases stand in the order in which they are believed: what
/// only one kind of refusal says comes before what many say.
enum Topic: CaseIterable {
  // Which of the two addresses, or of the two sides, a common word is about.
  case callout, recipientsRate, recipientsRule, greylist
  // Ours.
  case credits, ownAccount, size, loop, unicode, ownership, senderDomain, authentication, helo, rate, ownQuota, relay
  // The message, or who sends it.
  case linkListed, form, reverseName, listed, reputation, spam
  // The recipient.
  case systemFull, full, locked, closed, noUser, noDomain, unavailable
  // The receiving side.
  case crowded, later, trouble
  // Said of all of these.
  case senderRefused, denied
}

enum Vocabulary {
  static let phrases: [(topic: Topic, phrase: Phrase)] = [
    texts, textsOfOurs, textsOfTheMessage, textsOfTheRecipient,
  ].flatMap { table in
    table.flatMap { topic, text in text.split(separator: "\n").map { (topic, Phrase($0)) } }
  }

  /// All that a sentence says.
  static func topics(_ words: [String]) -> Set<Topic> {
    let words = words.map { Array($0.utf8) }
    var said: Set<Topic> = []
    for (topic, phrase) in phrases where !said.contains(topic) && phrase.isSaid(in: words) { said.insert(topic) }
    return said
  }

  /// Whose, and when.
  private static let texts: [(Topic, String)] = [
    (
      .callout,
      """
      sender verif* fail*
      sender callout
      callback|callout .. sender
      could not|cannot|cant verify .. sender
      sender address .. undeliverable|unverified
      verification failed for
      """
    ),
    (
      .recipientsRate,
      """
      user|recipient|mailbox|account .. receiving .. quickly|rate
      recipient has exceeded .. rate|limit
      they can receive
      to this|one|same|the recipient|mailbox|address per|in
      number of messages .. to this recipient
      too many recent messages
      deferred due to excessive volume
      recipient .. too many messages
      too many messages|mails|emails for|to this|the|that|one|same recipient|user|mailbox
      recipient .. rate|hourly|daily|throttl*
      """
    ),
    (
      .recipientsRule,
      """
      recipient preferences|policy|rules
      recipients preferences|policy|rules
      user rules|entry|preferences
      rejected|blocked|refused by .. recipient|recipients|user|addressee
      recipient|user|addressee|customer refuses|refused|rejects|rejected|declined|blocked .. sender|you|your|mail|message|email|to
      recipient .. does not|doesnt|not accept|accepting|want
      allowed|approved|accepted|authorized|permitted|safe sender|senders
      white|safe list|listed .. recipient
      recipient .. white|safe|bypass list
      whitelist* .. recipient
      recipient|recipients list of senders
      on the recipients
      allow* .. mail from .. specific|certain|known
      only accept* .. mail from|messages
      accepts .. only .. from
      not|isnt authorized|allowed|permitted to send|post|write .. this|that|the recipient|group|list|mailbox|address|distribution|user
      to the|this group|list
      to this|that|these recipient|recipients|mailbox|user|address|distribution|group
      not|non member|subscribed|subscriber
      members only
      closed mailing|list
      moderat*
      senderfilterconfig
      blocked senders|sender
      envelope blocked
      badrcptto
      recipient address|user|mailbox .. restricted
      mailbox|recipient|delivery .. restrict*
      policy .. target|recipient|destination address|mailbox
      target address
      rejected by .. destination|recipient|recipients|target domain
      destination domain .. reject*|refuse*
      organization|organisation|organizational|organisational policy|policies|settings|rule|rules
      rejected by .. organization|organisation|customer
      resolver rst *
      transport rules *
      senderauth* .. group
      only in the same domain
      internal|local use|mail|senders|users only
      only .. internal|local|intranet
      does not|doesnt|not accept|receive .. external|outside|internet
      external|outside|internet mail|mails|email|emails|messages|senders .. not|rejected|prohibited|refused|blocked|disallowed
      host network not allowed
      geographical|geoip|geographic|country
      block send er
      block rcpt
      customized block
      rule imposed
      restricted sms
      challenge .. response
      you|your|sender .. blocked by .. recipient|recipients|user
      protected by
      blackli*|blocklist* .. recipient|recipients|user
      empfaenger .. annahme|verweigert|lehnt|wuenscht
      annahme .. empfaenger
      refuse par le destinataire
      rechazado|rejeitado|rejeitada|rifiutato por|pelo|dal|el destinatari*
      """
    ),
    (
      .greylist,
      """
      greylist*
      graylist*
      grey|gray list|listed|listing
      postgrey
      milter grey|greylist
      verification|probe in progress
      unverified address
      verif* .. in progress
      first time|attempt|contact|delivery .. later|again|retry|delay*|defer*
      unknown .. triplet
      """
    ),
  ]

  /// What is said of us.
  private static let textsOfOurs: [(Topic, String)] = [
    (
      .credits,
      """
      credits|credit|balance .. exceeded|exhausted|insufficient|empty|used
      no|insufficient|not enough credits|credit|balance
      """
    ),
    (
      .ownAccount,
      """
      your account|subscription|plan|trial|profile .. suspended|disabled|blocked|locked|expired|inactive|activate*|cancelled|closed|restricted|limited|compromised|reactivate|terminated|review|paused|not|deactivated|hold
      your|this|smtp|sending|sender|senders account .. not yet|activated|suspended .. activat*|sending|send|contact
      smtp|sender|senders|sending account .. suspended|disabled|blocked|locked|not|inactive|activated|deactivated
      account|user|domain|customer|mailbox .. not|disabled|suspended|blocked|prohibited|prevented|banned|restricted|disallowed .. from|for|to sending|send|relay
      not|isnt|arent allowed|permitted|authorized|authorised|enabled to|for send|sending|smtp|perform|submit|relaying
      no|without|insufficient permission*|rights .. send|sending
      user has no permission
      does|do not have permission*
      sending|outgoing|outbound|smtp|submission .. disabled|suspended|paused|blocked|deactivated|prohibited
      outbound|outgoing spam*
      bad outbound
      outboundspamexception
      mapiexceptionshutoffquotaexceeded
      authentication|authorization|authorisation|auth required|requred|needed|necessary|failed|fail|failure|unsuccessful|invalid|incorrect|rejected|missing|first|error
      failed authentication|login
      requires|require|required|needs|without|need|must .. authentication|authenticate|authenticated|login|auth
      client|sender|user|you|session|connection .. not|isnt|arent|wasnt authenticated
      not|isnt|arent logged in
      please|must|first|to|and authenticate|login
      log|sign in first|before|to
      login|logon required|fail|failed|invalid|incorrect|denied|disabled|needed|first
      credential*
      incorrect|invalid|wrong|bad username|user|password|login|credentials|api .. password|key|name|username
      password|passwort|mot de passe|contrasena|senha .. not|incorrect|invalid|wrong|expired|required|falsch|ungueltig|incorrect*|invalid*
      api key
      smtp auth*
      smtpclientauthentication
      starttls|tls|ssl|encryption|encrypted .. required|first|needed|mandatory|needs
      must|requires|require|please|need .. starttls|tls|ssl|encryption
      sandbox*
      tenantattribution
      tenant .. threshold|blocked|suspended|disabled|exceeded
      unauthenticated sender|senders|user|users|client|connection|session
      web|browser .. login|log|sign
      payment|invoice|unpaid|billing
      anmeld* .. fehlgeschlagen|erforderlich|ungueltig
      authentifi* .. invalid*|requis*|echou*|fehlgeschlagen|erforderlich|obligatoire|necessaire|refuse*
      autentic* .. fall*|requer*|incorrect*|invalid*|necessari*|obligator*|richiest*|fallit*|exigid*
      konto .. nicht .. freigeschaltet|versand
      parol prilozheniya
      neverny* parol
      dt|rp|hl spm|orq|icc account
      """
    ),
    (
      .ownership,
      """
      not owned
      own* by .. user
      sendasdenied*
      send* as this|another|that|the|other
      permission* to send as
      sender|from|mail|address|identity|identities|email|domain .. not|isnt|unverified|un verified|verified|confirmed
      not|isnt|unverified|been .. verified|confirmed|validated sender|identity|domain|address|email|in
      following identities
      verified|confirmed|registered sender|identity|domain|domains|from
      unregistered|unverified|unconfirmed|unknown|unauthorized|unauthorised domain|domains|sender|senders|from|identity
      must|has|have|should be .. same|match|identical|equal
      must|should|does|do|did not match
      doesnt|must|mismatch|mismatches|unlike .. match|login|user|account|authenticated|authorization|auth
      from|sender .. differs|different|mismatch*|spoof*|forg*
      authenticated|authorized|login|auth|authentication user|sender|account|as|identity .. sender|from|differ*|mismatch
      not belong
      doesnt belong
      not|no local|valid|our|allowed sender|from
      not allowed|permitted|authorized|authorised to use|send .. from|as|sender
      not allowed|permitted|authorized|authorised .. sender|from address|domain
      relaying disallowed as
      spoof*
      antispoof*
      forged|faked|forgery
      absender* .. nicht|stimmt|gehoert|unbekannt|ungueltig|erlaubt
      emetteur|expediteur invalide|inconnu|refuse|incorrect|interdit|non
      remitente|remetente .. no|nao|invalid*|desconocid*|incorrect*|permitid*|autorizad*
      mittente .. non|sconosciut*|invalid*
      """
    ),
    (
      .senderDomain,
      """
      domain of sender
      domain of .. sender|from
      sender|senders domain|address|host .. not|unknown|invalid|does|doesnt|must|unresolvable|resolve|resolvable|found|exist|exists|dns|syntax|unroutable|unrouteable|qualified|has|empty
      unroutable|unrouteable|unresolvable|unknown|nonexistent|bad|malformed|invalid sender|senders|from|return|mailfrom|envelope
      mail|mailfrom|from|sender|envelope|return .. domain|address .. not|unknown|invalid|does|doesnt|must|unresolvable|resolve|exist*|dns
      unresolvable .. from
      return path
      need fully qualified address
      from header|domain|address .. domain|invalid|missing
      envelope sender domain
      cannot resolve .. sender|your
      sender .. user|mailbox unknown|not
      """
    ),
    (
      .authentication,
      """
      dmarc
      spf
      dkim
      domainkeys
      unauthenticated email|emails|mail|mails|message|messages
      sender is unauthenticated
      sender policy framework
      sender id|identification fail*
      message|email|mail .. not|fail*|without authenticated|authentication
      required authentication level
      antispoof*
      anti spoof*
      """
    ),
    (
      .helo,
      """
      helo|ehlo .. reject*|invalid|argument*|required|bad|syntactically|error|refused|denied|name|command|resolve|not|mismatch|domain|hostname|ip|forged|fake|listed|must|fqdn
      invalid|bad|syntactically|forged|fake|bogus|reject*|wrong|incorrect|illegal .. helo|ehlo
      in|your|the|from|to|after|before helo|ehlo
      helo|ehlo
      need fully qualified hostname
      polite people say
      """
    ),
    (
      .rate,
      """
      rate .. limit|limited|limiting|limits|exceeded|control|exceeds
      rate|frequency|volume|speed .. too|high
      limit .. rate|frequency
      ratelimit*
      rate limit*
      sending|message|mail|connection|send rate
      throttl*
      too many|much .. mails|mail|emails|email|messages|message|connections|connection|sessions|concurrent|logins|login|requests|simultaneous|errors|transactions|attempts|bounces|invalid|unknown|traffic|failed|fail|failures|wrong|bad|commands|smtp|deliveries|parallel|open
      too many recipients|rcpts from|per|in|within|today|this
      too fast|quickly|frequently|often
      slow|slower down
      slower
      frequency|concurrency|connection|connections|thread|session|sessions|recipient|recipients limit|limited|limits .. exceed*|reached|hit
      ip|domain|sender|connection|mail frequency
      maximum|max .. number|concurrent|connections|messages|message|emails|recipients .. connection|connections|messages|exceeded|reached|session|emails|hour|day|recipients
      exceeded .. max|maximum|limit|allowed|number .. emails|messages|mails|connections|defers|recipients|hour|day|rate
      max* .. per|in|an hour|day|minute|second
      per|pro|par|por|a|an|each|every hour|day|minute|second|month|week|24|tag|stunde|minute|heure|jour|hora|dia|minuto|giorno|ora|24h
      messages|emails|mails|recipients|message|email|mail hour|day|minute|second|24h
      hour|hourly|minute|second limit|limits|quota
      unusual sending|activity|volume
      unusual|excessive|high|unexpected rate|volume|number
      burst
      peak .. limit
      rp orq
      hl icc
      trop de|d connexions|messages|mails|courriels|demandes|tentatives|envois
      zu viele|schnell verbindungen|nachrichten|mails|emails|anfragen|empfaenger|versuche
      demasiad*|muitas|muitos|troppe|troppi|excesso|exceso .. conexiones|conexoes|mensajes|mensagens|correos|emails|messaggi|connessioni|tentativas|intentos|envios
      slishkom mnogo
      """
    ),
    (
      .ownQuota,
      """
      daily|hourly|monthly|weekly limit|limits|quota|allowance|sending|message|email|mail|user|sender|send|recipient|recipients|smtp|outgoing|allotment|cap
      sending|send|relay|outgoing|outbound|messages|emails|message count|quantity limit|limits|quota|cap|allowance
      sending|send|relay|outgoing|outbound|message|mail|email|emails|messages|mails|smtp count|limit|limits .. exceeded|reached|quota|hit|has|for
      mail|email|message|emails|messages|mails|recipient|sender|user limit .. reached|exceeded|exceed|hit
      relay|sending|daily|hourly|smtp|outgoing|user|account|plan|message limit|quota .. exceeded|reached|used|for|of
      your .. limit|quota|allowance .. exceeded|reached|hit|used|for|of|has|over
      over your .. limit|quota
      you|youve|have|has exceeded|reached|hit your|the|its|their .. sending|send|message|messages|email|emails|mail|daily|hourly|outgoing|limit|allowed
      you|youve|have exceeded|reached|hit .. limit|quota
      limit reached|exceeded
      submissionquotaexceeded*
      submission .. quota|limit|thread
      refusequota
      sender .. quota|limit|thread .. exceeded|reached
      sender limit|quota
      account .. limited|limit .. messages|emails|hour|day
      account is on probation
      only .. messages|mails|emails .. day|hour|minute
      hour limit
      versandlimit
      tageslimit
      limite|limit .. envio|envios|diario|diaria|denvoi|quotidien*|invio|giornalier*|mensajes|mensagens|messages
      quota .. denvoi|envio|envios|journalier
      sendekontingent
      limit .. versand*|ausgehend*|nachrichten
      """
    ),
    (
      .relay,
      """
      relay|relaying|relayed access|denied|not|prohibited|disallowed|refused|forbidden|blocked|rejected|disabled|is|through|for|from|unauthorized
      unable|cannot|cant|wont|refuse*|not|no|dont|never|mail|open|as|a relay|relaying|relays
      not|isnt|unauthorized|authorized|permitted|allowed .. relay
      rcpthosts
      not|isnt .. gateway
      dont|do not|wont handle|accept|host .. mail for
      do not handle
      non local email
      kein relay*
      relais|retransmi* .. refus*|deneg*|interdit*|negad*
      as a relay
      """
    ),
  ]

  /// What is said of the message, and of hosts that send.
  private static let textsOfTheMessage: [(Topic, String)] = [
    (
      .size,
      """
      message|mail|email|size|header|headers|body|content|data|attachment|attachments|nachricht .. too big|large|long|gross
      message|mail|email|maximum|fixed|max|attachment size|length .. exceed*|limit*|greater|larger|over|than|too
      exceed* .. message|mail|attachment|maximum|fixed|max|email size
      exceed* .. size limit*|maximum
      size .. exceed*
      size limit*
      line .. length|long
      nachricht|mail zu gross
      message trop volumineux|gros|grand
      mensaje|mensagem .. grande
      messaggio troppo grande
      too much mail data
      """
    ),
    (
      .unicode,
      """
      smtputf8
      non ascii .. address|recipient|local
      unicode address
      international* .. address|email|mailbox
      """
    ),
    (
      .loop,
      """
      hop|hops count|exceeded
      too many hops|received
      mail|message|messages|routing|forwarding|forward loop*
      loop .. detected|found|broken
      loops back
      looping
      """
    ),
    (
      .linkListed,
      """
      url|urls|uri|link|links|website|websites .. listed|black*|block*|found|spam|banned|reject*|denied|bad
      listed|black*|block*|spam|banned|contains|suspicious|malicious|bad|prohibited .. url|urls|uri|link|links
      uribl
      surbl
      dbl
      having a domain .. listed|in|spamhaus
      domain .. present in
      phish*
      malicious
      """
    ),
    (
      .form,
      """
      attachment*
      attached file*
      virus*
      malware
      worm
      trojan
      infected
      executable*
      headers
      header .. missing|invalid|duplicate|malformed|syntax|error|not|multiple|bad|too|policy|based
      missing|invalid|duplicate|multiple|malformed|bad|illegal|required|no|syntax .. header|date|subject
      rfc 5322|2822|822|compliant
      not|non rfc|compliant
      compliant
      bare lf|cr|linefeed*|newline*
      mime
      8bit
      8 bit
      nul characters|bytes|character
      message .. malformed|invalid|syntax
      line is too long
      duplicate|identical message|content|mail|messages
      """
    ),
    (
      .reverseName,
      """
      ptr
      reverse dns|name|lookup|resolution|hostname|record
      rdns
      fcrdns
      name lookup failed
      find your|reverse hostname|host|name
      cannot|cant find|resolve|lookup your|client|reverse|ip|hostname|host
      hostname|host|client name|hostname .. lookup|resolve|dns
      dynamic|generic|dialup|residential ip|ips|address|dns|host|hosts|range|addresses|rdns
      forward confirmed
      may not be mail exchanger
      rtr rd
      """
    ),
    (
      .listed,
      """
      blocked|rejected|refused|listed|denied|found|present|by|on|using|in|from|see|via .. spamhaus|rbl|rbls|dnsbl|dnsbls|spamcop|barracuda*|cloudmark|sorbs|abuseat|cbl|sbl|xbl|pbl|zen|bl|proofpoint|invaluement|ivmsip|csi|uceprotect|dnswl|spamrats|mxtoolbox|senderscore|abusix|trend|symantec|blackl*|blockl*|denyl*|database
      blocked|rejected|denied|refused using
      spamhaus*
      spamcop
      dnsbl*
      rbl*
      shxbl
      black list*|listed
      block list*|listed
      blackl*
      blockl*
      denylist*
      is|are|was|ip|address|host|server|currently listed in|at|on|by|as
      ip|ips|host|hosts|server|network|client|subnet|range|connection|connections .. blocked|banned|rejected|refused|denied|not|prohibited|blackl*|reputation|forbidden|permanently|bloquee|spam|suspicious|compromised
      banned|bad|blocked|your|sending|client|source|this|suspected|rejected|connecting .. ip
      banned
      part of their|your network
      messages|mail|connections|email|emails from .. werent|blocked|not accepted|permanently|rejected|refused|deferred
      connections|connection not|will|refused|rejected|denied
      not allowed|permitted|authorized|authorised to connect
      open proxy|relay* .. listed|block*
      client host
      adresse ip|source .. bloqu*|refus*
      ip .. bloquead*|rechazad*|gesperrt|bloccat*|zablokirovan*
      dnsbl rbl
      rtr|rly|con|dyn bl|sc|b1|b2|b3|du|bb|ir
      abuse
      spammer*
      spam source
      """
    ),
    (
      .reputation,
      """
      reputation
      score .. low|bad|poor
      senderbase
      user|spam|many|unexpected complaint*|volume
      complaints
      """
    ),
    (
      .spam,
      """
      spam*
      junk*
      unsolicited
      bulk
      ube
      uce
      bayes*
      content .. reject*|denied|filter*|policy|blocked|block|refused|violat*|not|prohibited|unacceptable|banned|restrict*
      reject*|banned|unacceptable|prohibited|forbidden|blocked|refused|objectionable .. content|words|phrase
      message|mail|email filter*
      local|security|restrictions|restriction policy|policies
      policy restriction*
      security polic*
      profanity
      dt spm
      mcspamsignature*
      pornogr*
      suspicious|suspected
      advertis*
      werbung
      unerwuenscht*
      indesirable*
      nezhelatel*
      correo|mensaje no deseado
      nao solicitad*
      mail rejete
      message refuse
      """
    ),
  ]

  /// What is said of the recipient and of its server.
  private static let textsOfTheRecipient: [(Topic, String)] = [
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
      mailbox|inbox|storage|user|account .. size|storage|space|limit|quota .. exceed*|reached|used|full
      mailbox|maildir|account|user|recipient exceed*|has|would .. limit|quota|allowed|storage|space
      not enough|sufficient .. space|storage
      insufficient|no|enough .. space|storage .. mailbox|user|recipient|in|for
      space .. used up
      too many messages on|in .. server|mailbox
      quota
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
      .locked,
      """
      temporar*|momentarily|currently .. locked|suspended|disabled|inactive|blocked|unavailable|deactivated|frozen|gesperrt|rejected|deferred
      temporarily|currently .. mailbox|recipient|user|account
      mailbox|recipient|user|account .. temporarily|busy|in use|deferred
      mailbox|account|user .. locked|frozen|busy
      """
    ),
    (
      .closed,
      """
      mailbox|account|user|recipient|konto|postfach|inbox|domain .. disabled|inactive|suspended|deactivated|expired|closed|frozen|terminated|blocked|archived|discontinued|gesperrt|deaktiviert|geschlossen|hold|cancelled|canceled|abandoned|dormant|unused|desactivad*|desativad*|suspendid*|bloquead*|disattivat*
      address|email|addressee .. disabled|inactive|suspended|deactivated|expired|closed|terminated|retired|discontinued|archived
      inactive|disabled|suspended|deactivated|closed|expired|archived|abandoned|dormant|frozen user|mailbox|account|email|recipient|address|addressee
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
      cannot|cant|couldnt|unable .. find .. user|recipient|mailbox|account|address
      could|can not be found
      not|isnt|invalid .. valid|known|local|active user|mailbox|recipient|account|username
      not|isnt a valid email|address|mailbox|recipient|user
      address|recipient .. not .. valid
      invalid|bad|illegal|undeliverable|wrong recipient|recipients|mailbox|user|account|addressee|rcpt|local|userid|username
      undeliverable address
      recipient|user|mailbox|rcpt|mailhost .. invalid|undeliverable
      bad destination|address
      address invalid|incorrect|wrong
      email address .. invalid|incorrect|wrong
      marked as invalid
      no mailbox|account|user|recipient|mail|one|email .. here|name|by|found|for|at|there|available|with|called
      doesnt|dont|not have .. account|mailbox
      no longer valid|exist*|on|available|here|with|at
      not our customer
      not in|on|present .. recipient|directory|address|user list|book|table|database|server
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
      """
    ),
    (
      .noDomain,
      """
      domain|host|hostname|mx|tenant .. not|no|doesnt found|exist*|accept|valid|known|hosted|local|resolve|here
      unknown|invalid|no|nonexistent|unresolvable|such domain|host|hostname|mx
      unknown .. domain|host
      domain|host unknown|invalid
      unrouteable
      unroutable
      nullmx
      null mx
      no mx|route|mail .. record*|found|host|domain|server|exchanger
      mail domain
      no domain
      domaine|dominio|domain .. inconnu|inexistant|inexistente|desconocido|desconhecido|unbekannt|sconosciuto
      """
    ),
    (
      .unavailable,
      """
      mailbox|recipient|recipients|user|account|inbox .. unavailable|unavaiable|available|inaccessible
      address rejected
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
