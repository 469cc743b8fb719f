/// Refusals that servers give and that are not among those in `../shared/contracts/smtp-replies.tsv`: stage, reply (its
/// lines with `\n` between them), whom it is about, and what may be done, the best first. From public lists of
/// replies and from reports of users; addresses, hosts and ids are replaced by example ones.
enum ReadingCases {
  static let all = [first, second, third]

  static let first = #"""
    connect | 554 5.7.1 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means. | host | rest_domain,hold,rest,stop
    connect | 554 mx.comcast.net comcast 192.0.2.25 Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry. | host | rest_domain,hold,rest,stop
    connect | 421 4.3.2 Service not available | server | rest,hold,rest_domain
    connect | 421 too many connections from your host | quota | rest,rest_domain,hold
    connect | 421 4.4.2 mail.example.net Error: timeout exceeded | server | rest,hold,rest_domain
    connect | 550 5.7.1 Connections not accepted from servers without a valid sender domain. Fix reverse DNS for 192.0.2.25 | host | rest_domain,hold,rest,stop
    connect | 554 5.7.1 Blocked by barracudacentral. Ask for removal at http://www.barracudacentral.org/rbl/removal-request | host | rest_domain,hold,rest,stop
    connect | 421 Zu viele Verbindungen von Ihrer Adresse | quota | rest,rest_domain,hold
    connect | 450 4.7.1 You've exceeded your sending limit to this domain. (G15) | domain | rest_domain,rest,hold
    helo | 550 5.7.1 Helo invalid, the name is an IP address | host | stop,rest
    helo | 454 4.7.0 TLS not available due to temporary reason | server | rest,hold
    helo | 501 5.5.2 <rig_vm>: Helo command rejected: Invalid name | host | stop,rest
    helo | 421 4.7.0 Too many errors from 192.0.2.25 | quota | rest,hold
    auth | 535 Incorrect authentication data | account | stop,rest
    auth | 535 5.7.8 Error: authentication failed: generic failure | account | stop,rest
    auth | 535 5.7.1 Username and password not accepted | account | stop,rest
    auth | 534 5.7.14 Please log in via your web browser and then try again. | account | stop,rest
    auth | 421 4.7.0 Too many authentication failures, try again later | quota | rest,stop
    auth | 454 4.7.0 Temporary authentication failure | server | rest,hold
    auth | 535 Authentication failed: account disabled | account | stop,rest
    auth | 535 5.7.0 (#AUTH005) Too many bad auth attempts. | quota | rest,stop
    auth | 525 5.7.13 Error: Account is disabled | account | stop,rest
    auth | 535 5.7.8 Fehler: Anmeldung fehlgeschlagen | account | stop,rest
    auth | 435 4.7.8 Error: authentication failed: temporary failure | server | rest,hold,stop
    mail | 550 5.1.8 <rig@example.org>: Sender address rejected: Domain not found | from | stop,rest,hold
    mail | 451 4.1.8 Domain of sender address rig@example.org does not resolve | from | rest,hold,stop,rest_domain
    mail | 550 5.7.1 Client does not have permissions to send as this sender | from | stop,rest
    mail | 501 5.1.7 Invalid address | from | stop,rest
    mail | 421 4.7.0 Too many messages, slow down | quota | rest,hold,rest_domain
    mail | 452 4.3.1 Out of memory | server | rest,hold,rest_domain,defer
    mail | 550 5.7.1 Your IP 192.0.2.25 is blacklisted by dnsbl.sorbs.net | host | rest_domain,hold,rest,stop
    mail | 552 5.3.4 Message too big for system | content | content,fail
    mail | 552 message size 31457280 exceeds size limit 20971520 of server | content | content,fail
    mail | 550 SPF-check failed: example.org doesn't allow sending mails from 192.0.2.25 | from | stop,hold,rest,rest_domain
    mail | 503 5.5.1 Authentication required | account | stop,rest
    mail | 550 Please turn on SMTP Authentication in your mail client. | account | stop,rest
    mail | 451 4.7.24 Temporary SPF error, please try again | from | rest_domain,hold,rest,stop
    mail | 554 5.7.1 Sender account has been suspended for sending spam | account | stop,rest
    mail | 550 You have exceeded your hourly email limit of 250 messages | quota | rest
    mail | 452 4.2.2 Mailbox full | account | rest,stop
    mail | 421 4.7.1 [TS03] All messages from 192.0.2.25 will be permanently deferred; Retrying will NOT succeed. | host | rest_domain,hold,rest,stop
    mail | 451 4.7.1 Received too many messages from a new or untrusted IP: 192.0.2.25 | domain | rest_domain,hold,rest
    mail | 550 Sender rejected: not authenticated | account | stop,rest
    mail | 550 5.7.1 Absenderadresse gehoert nicht zum angemeldeten Benutzer | from | stop,rest
    rcpt | 550 5.1.1 <ada@example.com>: Email address could not be found, or was misspelled (G8) | address | suppress,fail
    rcpt | 550 5.1.1 Not our Customer | address | suppress,fail
    rcpt | 550 5.1.1 <ada@comcast.net> recipient mailbox unallocated | address | suppress,fail
    rcpt | 550 5.2.0 <ada@comcast.net> - Recipient unavailable | mailbox | fail,suppress,hold,defer
    rcpt | 450 4.2.0 <ada@comcast.net> - Recipient temporarily unavailable | mailbox | defer,hold
    rcpt | 452 4.1.1 <ada@comcast.net> user over quota | mailbox | defer
    rcpt | 452 4.1.1 <ada@comcast.net> too many recent messages; Try again later | mailbox | defer,rest_domain,hold
    rcpt | 552 5.1.1 <ada@comcast.net> recipient rejected - extended quota violation | mailbox | defer,fail
    rcpt | 550 5.2.1 <ADA@PRODIGY.NET>... Addressee unknown, relay=[192.0.2.25] | address | suppress,fail
    rcpt | 550 5.2.1 <ada@prodigy.net>... blank mailhost - invalid address, relay=[192.0.2.25] | address | suppress,fail
    rcpt | 540 5.7.1 <ada@rambler.ru>: recipient address rejected: Inactive | mailbox | fail,suppress
    rcpt | 540 5.7.1 <ada@rambler.ru>: recipient address rejected: Blocked | mailbox | fail,suppress
    rcpt | 550 cuda_nsu 5.1.1 <ada@example.com>... User unknown | address | suppress,fail
    rcpt | 450 cuda_nsu 4.7.1 <ada@example.com>: Recipient address rejected: Policy Rejection- Abuse. Go away. | ambiguous | hold,rest_domain,defer
    rcpt | 550 5.7.1 <ada@example.com>: Recipient address rejected: ERS-Customized-Block. | mailbox | fail,hold,rest_domain
    rcpt | 554 5.7.1 <ada@example.com>: Recipient address rejected: Not in recipient list | address | suppress,fail
    rcpt | 554 5.7.1 <ada@example.com>: Recipient address rejected: Invalid-Recipient. | address | suppress,fail
    rcpt | 554 5.7.1 <ada@example.com>: Recipient address rejected: BLOCK-RCPT. | mailbox | fail,hold
    rcpt | 553 you are trying to use me [mx.messagelabs.com] as a relay, but I have not been configured to let you [192.0.2.25, example.org] do this. (#5.7.1) | ambiguous | hold,fail
    rcpt | 550 Mailbox unavailable or access denied | address | fail,hold,suppress
    rcpt | 550 Suspected spam sender. | host | rest_domain,hold
    rcpt | 550 permanent failure for one or more recipients (ada@example.com:blocked) | mailbox | fail,hold,rest_domain
    rcpt | 550 Invalid recipient <ada@example.com> (#5.1.1) | address | suppress,fail
    rcpt | 550 No such user (ada@example.com) | address | suppress,fail
    rcpt | 550 <ada@example.com> User unknown; rejecting | address | suppress,fail
    rcpt | 550 5.1.1 <ada@example.com>: Recipient address rejected: Benutzer unbekannt | address | suppress,fail
    rcpt | 550 Usuario desconocido | address | suppress,fail
    rcpt | 550 5.1.1 Caixa postal inexistente | address | suppress,fail
    rcpt | 552 5.2.2 La casella di posta del destinatario e' piena | mailbox | defer,fail
    rcpt | 550 5.1.1 Nessun utente simile in questo indirizzo | address | suppress,fail
    rcpt | 552 5.2.2 Postfach voll | mailbox | defer,fail
    rcpt | 452 4.2.2 Caixa postal cheia | mailbox | defer
    rcpt | 550 ada@example.com... No such user in this domain, please check the spelling | address | suppress,fail
    rcpt | 550 ada@example.com not listed in Domino Directory | address | suppress,fail
    rcpt | 550 5.7.1 Unable to relay | ambiguous | hold
    rcpt | 550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain | ambiguous | hold,stop,fail,rest
    rcpt | 554 5.7.1 <ada@example.com>: Recipient address rejected: Access denied | ambiguous | hold,fail
    rcpt | 554 5.7.1 <unknown[192.0.2.25]>: Client host rejected: Access denied | host | rest_domain,hold,rest,stop
    rcpt | 450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.25] | host | rest_domain,hold,rest,stop
    rcpt | 550 5.7.1 <rig@example.org>: Sender address rejected: not owned by user rig | from | stop,rest
    rcpt | 550 5.1.0 <rig@example.org>: Sender address rejected: User unknown in local recipient table | from | stop,rest,hold,rest_domain
    rcpt | 450 4.1.7 <rig@example.org>: Sender address rejected: unverified address: Address verification in progress | from | rest,hold,stop,rest_domain,defer
    rcpt | 550 5.1.7 <rig@example.org>: Sender address rejected: undeliverable address: host mx.example.org[192.0.2.7] said: 550 5.1.1 <rig@example.org>: Recipient address rejected: User unknown (in reply to RCPT TO command) | from | stop,hold,rest,rest_domain
    rcpt | 451 4.7.1 Greylisting in action, please come back in 00:04:59 | greylist | defer
    rcpt | 450 4.2.0 <ada@example.com>: Recipient address rejected: example.com greylisted for 60 seconds by ZEROSPAM | greylist | defer
    rcpt | 450 4.7.1 Please try again in 300 seconds | greylist | defer,hold,rest_domain
    rcpt | 451 DNS temporary failure for sender domain | from | rest,hold,rest_domain,defer
    rcpt | 451 Could not complete sender verify callout | from | rest,hold,rest_domain,stop
    rcpt | 550 Sender verify failed | from | stop,hold,rest,rest_domain
    rcpt | 451 Temporary local problem - please try later | server | rest,defer,hold,rest_domain
    rcpt | 450 4.4.3 <ada@example.com>: Recipient address rejected: Domain not found | address | defer,hold
    rcpt | 550 5.1.2 <ada@exmaple.con>: Recipient address rejected: Domain not found | address | suppress,fail
    rcpt | 550 5.4.4 Host unknown (Name server: exmaple.con: host not found) | address | suppress,fail
    rcpt | 550 Host unknown | address | fail,suppress,hold
    rcpt | 421 4.4.5 Too many recipients this hour, slow down | quota | rest,rest_domain,hold
    rcpt | 450 4.7.1 <rig@example.org>: Sender address rejected: Policy restrictions; try later, you have sent too many messages today | quota | rest
    rcpt | 550 5.7.1 Daily recipient limit of 2000 for this account exceeded | quota | rest
    rcpt | 554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded. Try again later. | quota | rest
    rcpt | 550 Outgoing mail from "rig@example.org" has been suspended. | account | stop,rest
    rcpt | 550 5.7.1 Delivery not authorized, message refused | ambiguous | hold,fail
    rcpt | 550 5.7.1 Recipient not authorized, your IP has been found on a block list | host | rest_domain,hold,rest,stop,fail
    rcpt | 550 5.1.6 recipient no longer on server: ada@icloud.com | address | suppress,fail
    rcpt | 550 5.2.1 <ada@example.com>: user account is expired | mailbox | fail,suppress
    rcpt | 554 5.2.1 Inactive user | mailbox | fail,suppress
    rcpt | 550 Account Closed, Please Remove | mailbox | fail,suppress
    rcpt | 550 5.7.1 Mail to this address is only accepted from members of the list | mailbox | fail,hold
    rcpt | 550 5.7.193 UserNotInTenantScope; this recipient does not accept mail from external senders | mailbox | fail,hold
    rcpt | 501 5.1.3 Bad recipient address syntax | address | suppress,fail
    rcpt | 553 5.1.3 <ada..b@example.com>... User address required | address | fail,suppress,hold
    rcpt | 550 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using bl.spamcop.net; Blocked - see https://www.spamcop.net/bl.shtml?192.0.2.25 | host | rest_domain,hold,rest,stop
    rcpt | 550 5.7.1 Message rejected due to content restrictions | ambiguous | hold,content,fail
    rcpt | 550 Blocked | ambiguous | hold,rest_domain,fail
    rcpt | 550 Administrative prohibition | ambiguous | hold,fail
    rcpt | 550 5.0.0 Rejected | ambiguous | hold
    rcpt | 451 4.7.1 Access denied - please try again later | ambiguous | hold,defer,rest_domain
    rcpt | 452 4.2.2 Over quota | mailbox | defer
    rcpt | 550 5.2.2 user quota exceeded | mailbox | defer,fail
    rcpt | 554 5.2.2 <ada@free.fr>: Recipient address rejected: Quota exceeded (mailbox for user is full) | mailbox | defer,fail
    rcpt | 421 4.3.2 The maximum number of concurrent connections per resource forest has exceeded a limit, closing transmission channel | domain | rest_domain,rest,hold
    rcpt | 450 4.3.2 Recipient server is too busy | server | rest_domain,defer,hold,rest
    rcpt | 550 5.1.1 The email account that you tried to reach does\n550-5.1.1 not exist. | address | suppress,fail
    rcpt | 550 5.7.1 Mail from this sender is blocked by the recipient | mailbox | fail,suppress,hold
    rcpt | 550 5.7.1 rejected by the recipient's whitelist | mailbox | fail,hold
    data | 451 4.7.1 Message rate exceeded for this account, 100 per minute | quota | rest
    data | 503 5.5.1 Error: need RCPT command | ambiguous | hold,fail,defer
    data | 550 5.7.1 Sender not authorized for this domain | from | stop,hold,rest
    dot | 421 4.7.0 [192.0.2.22] Our system has detected that this message is suspicious due to the nature of the content and/or the links within. To best protect our users from spam, the message has been blocked. | content | defer,content,hold,fail,rest_domain
    dot | 421 4.7.0 [192.0.2.22] Our system has detected that this message is suspicious due to the very low reputation of the sending domain. | host | rest_domain,hold,rest
    dot | 421 4.7.32 This mail has been rate limited because there is no DMARC alignment | from | rest_domain,stop,hold,rest
    dot | 451 4.3.0 Mail server temporarily rejected message. - gsmtp | server | rest_domain,hold,rest,defer
    dot | 451 4.4.0 Message failed to be replicated: No healthy secondary server available to accept replica at this time. | server | rest_domain,hold,rest,defer
    dot | 550 5.7.1 Email rejected per DMARC policy for zoho.com | from | stop,hold,rest,rest_domain
    dot | 550 5.7.1 [192.0.2.22 14] Messages missing a valid address in From: header, or having no From: header, are not accepted. - gsmtp | content | content,fail
    dot | 552 5.7.0 Our system detected an illegal attachment on your message. Please visit http://mail.google.com/support to review our attachment guidelines. | content | content,fail
    dot | 550 virus detected | content | content,fail
    dot | 550 5.7.1 Rejected by spam filter | content | content,fail,hold
    dot | 554 rejected due to spam URL in content | content | content,fail
    dot | 554 rejecting banned content | content | content,fail
    dot | 554 Message not allowed - [PH01] Email not accepted for policy reasons. | content | content,fail,hold
    dot | 554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour. | mailbox | defer
    dot | 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded | mailbox | defer,fail
    dot | 550 5.7.705 Access denied, tenant has exceeded threshold | quota | rest,stop
    dot | 550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. | host | rest_domain,stop,rest,hold
    dot | 554 5.7.1 Message rejected: Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account. | account | stop,rest
    dot | 454 4.7.1 Daily sending quota exceeded for account | quota | rest
    dot | 552 5.2.3 Message exceeds maximum fixed size | content | content,fail
    dot | 554 5.6.0 Message contains invalid header | content | content,fail
    dot | 550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds | content | content,fail
    dot | 554 5.4.6 Too many hops | mailbox | fail,content
    dot | 554 5.7.1 Message blocked due to suspected spam content | content | content,fail,hold
    dot | 550 High probability of spam | content | content,fail,hold
    dot | 550 Rejected: message contains a URL listed in multi.surbl.org | content | content,fail
    dot | 451 4.7.1 Rspamd: try again later | server | hold,defer,rest,rest_domain
    dot | 421 4.4.1 Connection timed out | server | hold,rest,defer,rest_domain
    dot | 554 5.7.1 Message rejected by recipient's policy | mailbox | fail,content,hold
    dot | 554 delivery error: dd ada@yahoo.com is no longer valid. [-20] - mta1061.mail.ne1.yahoo.com | address | suppress,fail
    dot | 550 Mail is rejected by recipients | mailbox | fail,hold
    dot | 550 DMARC check failed http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1001508&&id=16. | from | stop,hold,rest,rest_domain
    dot | 550 Domain frequency limited | domain | rest_domain,rest,hold
    dot | 550 5.7.1 Message rejected. Your account is sending too many messages. Please slow down. | quota | rest,stop
    dot | 550 5.7.1 Your account has been blocked because of suspicious activity | account | stop,rest
    dot | 554 5.7.1 The file attached has a forbidden extension | content | content,fail
    dot | 550 Unauthenticated mail is prohibited | from | stop,hold,rest,rest_domain
    dot | 554 Sending address not accepted due to spam filter | content | content,hold,fail,stop
    dot | 550 5.7.0 message could not be delivered | ambiguous | hold,fail
    dot | 554 5.3.0 Unknown error | ambiguous | hold,fail,rest
    dot | 451 4.3.0 Error: queue file write error | server | rest,defer,hold
    dot | 452 4.3.1 Insufficient system storage | server | rest,defer,hold,rest_domain
    dot | 550 5.7.1 Nachricht wegen Spamverdacht abgelehnt | content | content,fail,hold
    dot | 550 Message rejete: contenu indesirable | content | content,fail,hold
    dot | 550 Hourly limit of 200 emails reached for example.org | quota | rest
    dot | 550 5.4.5 Limite diario de envio excedido | quota | rest
    """#
}
