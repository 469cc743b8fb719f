extension Vocabulary {
  /// What is said of the message, and of hosts that send.
  static let textsOfTheMessage: [(Topic, String)] = [
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
      line limit
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
      header error
      messages|message with .. from
      messages|message missing
      from header|headers
      forbidden|illegal|banned|blocked|dangerous .. extension|file|files|attachment|type
      file .. extension|forbidden|attached
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
      disallowed header
      header .. disallowed
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
      blocked|rejected|refused|listed|denied|found|present|by|on|using|in|from|see|via .. spamhaus|rbl|rbls|dnsbl|dnsbls|spamcop|barracuda*|cloudmark|sorbs|abuseat|cbl|sbl|xbl|pbl|zen|bl|proofpoint|invaluement|ivmsip|csi|uceprotect|dnswl|spamrats|mxtoolbox|senderscore|abusix|blackl*|blockl*|denyl*
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
      ip|client|network .. not allowed|permitted|accepted|authorized|authorised|welcome|trusted
      your|sending server .. blocked|banned|rejected|refused|denied|prohibited|blackl*|listed
      ip|ips|host|hosts|network|client|subnet|range|connection|connections .. blocked|banned|rejected|refused|denied|prohibited|blackl*|reputation|forbidden|permanently|bloquee|spam|suspicious|compromised
      banned|bad|blocked|your|sending|client|source|this|suspected|rejected|connecting .. ip
      part of their|your network
      messages|mail|connections|email|emails from .. werent|blocked|permanently|rejected|refused
      messages|mail|connections|email|emails .. not accepted from
      connections|connection .. not accepted|allowed
      connection|connections rejected|denied
      not allowed|permitted|authorized|authorised to connect
      open proxy|relay* .. listed|block*
      client host
      adresse ip|source .. bloqu*|refus*
      ip .. bloquead*|rechazad*|gesperrt|bloccat*|zablokirovan*
      dnsbl rbl
      rtr|rly|con|dyn bl|sc|b1|b2|b3|du|bb|ir
      for|of|due|network|sending|sends abuse
      abuse|abus detect*
      unwanted messages|mail|email|emails
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
}
