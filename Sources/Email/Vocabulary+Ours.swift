extension Vocabulary {
  /// What is said of us.
  static let textsOfOurs: [(Topic, String)] = [
    (
      .credits,
      """
      credits|credit|balance .. exceeded|exhausted|insufficient|empty|used
      no|insufficient|enough credits|credit|balance
      """
    ),
    (
      .yourAccount,
      """
      your account|mailbox|subscription|plan|trial|profile|smtp|server|user .. suspended|disabled|blocked|locked|expired|inactive|activate*|cancelled|closed|restricted|limited|compromised|reactivate|terminated|review|paused|not|deactivated|hold|sending|prohibited|full
      your account
      votre|ton compte
      su|tu cuenta
      sua|tua|vossa conta
      ihr|dein|ihrem|ihres konto|kontos|account|postausgang
      tuo|suo|vostro account
      vash* akkaunt|yaschik|pochtov*
      ваш* аккаунт|ящик
      this account .. sending|spam|abuse|send
      invalid|incorrect|bad|wrong credentials
      credentials for relay
      """
    ),
    (
      .ownAccount,
      """
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
      storedrv submission *
      storedrv clientsubmit *
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
      password|passwort|contrasena|senha .. not|invalid*|wrong|expired|required|falsch|ungueltig|incorrect*
      mot de passe
      api key
      smtp auth*
      smtpclientauthentication
      starttls|tls|ssl|encryption|encrypted .. required|first|needed|mandatory|needs
      must|requires|require|please|need .. starttls|tls|ssl|encryption
      sandbox subdomain*|account|mode|domain
      tenantattribution
      tenant .. threshold|blocked|suspended|disabled|exceeded
      unauthenticated sender|senders|user|users|client|connection|session
      web|browser .. login|log|sign
      payment|unpaid|billing
      anmeld* .. fehlgeschlagen|erforderlich|ungueltig
      authentifi* .. invalid*|requis*|echou*|fehlgeschlagen|erforderlich|obligatoire|necessaire|refuse*
      autentic* .. fall*|requer*|incorrect*|invalid*|necessari*|obligator*|richiest*|fallit*|exigid*
      konto .. nicht .. freigeschaltet|versand
      parol prilozheniya
      neverny* parol
      dt|rp|hl spm|orq|icc account
      account .. review|paused|probation
      before sending
      test purposes
      free account|accounts|plan
      upgrade .. plan|account
      please|and upgrade
      authorized recipients
      from this account
      message sending .. disabled
      sending .. disabled|unlock*
      unlock .. sending
      enviar|envoi|envio|versand|invio .. bloque*|gesperrt|suspend*|bloccat*
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
      unregistered|unverified|unconfigured|unconfirmed|unknown|unauthorized|unauthorised domain|domains|sender|senders|from|identity
      must|has|have|should be .. same|match|identical|equal
      must|should|does|do|did not match
      from|sender .. differs|different|mismatch*|spoofed|forg*
      authenticated|authorized|login|auth|authentication user|sender|account|as|identity .. sender|from|differ*|mismatch
      not belong
      doesnt belong
      not|no local|valid|our|allowed sender|from
      not allowed|permitted|authorized|authorised to use|send .. from|as|sender
      not allowed|permitted|authorized|authorised .. sender|from address|domain
      relaying disallowed as
      spoofed|spoof
      forged|faked|forgery
      absender* .. nicht|stimmt|gehoert|unbekannt|ungueltig|erlaubt
      emetteur|expediteur invalide|inconnu|refuse|incorrect|interdit|non
      remitente|remetente .. no|nao|invalid*|desconocid*|incorrect*|permitid*|autorizad*
      mittente .. non|sconosciut*|invalid*
      sender|from .. not|isnt validated|configured|registered|allowed|valid|one|listed|yours
      sending domain|address|identity .. not|isnt|unconfigured|unverified
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
      authentication information|checks|results|check
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
      max|maximum message|messages|emails per
      maximum|max .. number|concurrent|connections|messages|emails|recipients .. connection|connections|messages|reached|session|emails|hour|day|recipients
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
      sending|send|relay|outgoing|outbound|messages|emails|versand limit|limits|quota|cap|allowance|kontingent
      message count|quantity
      sending|send|relay|outgoing|outbound|message|mail|email|emails|messages|mails|smtp count|limit|limits .. exceeded|reached|quota|hit|has|for
      mail|email|message|emails|messages|mails|recipient|sender limit .. reached|exceeded|exceed|hit
      relay|sending|daily|hourly|smtp|outgoing|plan|message limit|quota .. exceeded|reached|used|for|of
      your .. limit|quota|allowance .. exceeded|reached|hit|used|for|of|has|over
      over your .. limit|quota
      you|youve|have|has exceeded|reached|hit your|the|its|their .. sending|send|message|messages|email|emails|mail|daily|hourly|outgoing|limit|allowed
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
      limite|limit .. envio|envios|diario|diaria|envoi|quotidien*|invio|giornalier*|mensajes|mensagens|messages
      quota .. envoi|envio|envios|journalier
      sendekontingent
      limit .. versand*|ausgehend*|nachrichten
      number|limit .. outgoing .. messages|emails|mails
      limit .. number .. outgoing|messages|emails
      """
    ),
    (
      .someLimit,
      """
      limit reached|exceeded
      user|account|mail limit|quota .. exceeded|reached|used|for|of|hit
      you|youve|have exceeded|reached|hit .. limit|quota
      number|limit .. allowed|outgoing .. messages|emails|mails
      limit .. reached|exceeded
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
      dont|not|wont handle|accept|host .. mail for
      do not handle
      non local email
      kein relay*
      relais|retransmi* .. refus*|deneg*|interdit*|negad*
      as a relay
      send|mail .. to this|that|the domain
      """
    ),
  ]
}
