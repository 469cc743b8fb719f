extension Vocabulary {
  /// Whose, and when.
  static let texts: [(Topic, String)] = [
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
      .suppressed,
      """
      suppression list
      suppressed due|by|because|address|recipient
      address|recipient .. suppressed
      marked as inactive|suppressed|bounced
      inactive addresses
      previously bounced
      bounced address
      """
    ),
    (
      .recipientsRate,
      """
      user|recipient|mailbox|account .. receiving .. quickly|rate
      receiving mail|messages|email .. quickly|rate
      recipient has exceeded .. rate|limit
      they can receive
      to this|one|same|the recipient|mailbox|address per|in
      number of messages .. to this recipient
      too many recent messages
      deferred due to excessive volume
      recipient .. too many messages
      too many messages|mails|emails for|to this|the|that|one|same recipient|user|mailbox
      recipient .. rate|hourly|daily|throttl*
      storedrv deliver .. limit
      mailbox|user|recipient receive*|gets|got .. too
      user|mailbox|recipient|benutzer has|hat too|zuviele|zu
      receive|receiving limit|rate
      recipient thread limit
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
      recipient .. not|doesnt|dont .. accept|accepting|want
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
      to this|that|these recipient|recipients|mailbox|user|address|distribution|group
      not|non member|subscribed|subscriber
      members only
      closed mailing|list
      moderat*
      senderfilterconfig
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
      not|doesnt accept|receive .. external|outside|internet
      external|outside|internet mail|mails|email|emails|messages|senders .. not|rejected|prohibited|refused|blocked|disallowed
      host network not allowed
      geographical|geoip|geographic
      country .. not|blocked|rejected|policy|allowed
      block send er
      block rcpt
      customized block
      rule imposed
      restricted sms
      challenge .. response
      you|your|sender .. blocked by .. recipient|recipients|user
      blackli*|blocklist* .. recipient|recipients|user
      empfaenger .. annahme|verweigert|lehnt|wuenscht
      annahme .. empfaenger
      refuse par le destinataire
      rechazado|rejeitado|rejeitada|rifiutato por|pelo|dal|el destinatari*
      to the|this group
      account|mailbox|address|user .. protected by
      manually blocked senders|sender
      authenticated for|by|when group|mailbox|public|organization|sending
      destination mail|server .. tls|certificate
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
}
