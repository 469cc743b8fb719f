extension ReadingCases {
  static let second = #"""
    connect | 554 IP=192.0.2.25 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset. (NOWL) | host | rest_domain,hold,rest,stop
    connect | 421 4.1.0 192.0.2.25 has exceeded connection limit. CXCNCT | quota | rest,rest_domain,hold
    connect | 421 4.7.1 Too many bad commands from your host, closing | quota | rest,hold,rest_domain
    connect | 554 No SMTP service here | host | rest_domain,hold,rest
    connect | 421 Server too busy, load is high | server | rest,hold,rest_domain
    connect | 554 5.7.1 <unknown[192.0.2.25]>: Client host rejected: Access denied | host | rest_domain,hold,rest,stop
    connect | 450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.25] | host | rest_domain,hold,rest,stop
    connect | 521 5.3.2 Server does not accept mail | host | rest_domain,hold,rest
    connect | 550 Your country is not allowed to connect to this server. | host | rest_domain,hold,rest,stop
    helo | 550 5.7.1 HELO/EHLO localhost rejected | host | stop,rest
    helo | 503 5.5.1 Error: authentication not enabled | account | stop,rest
    helo | 454 4.3.0 TLS not available: local problem | server | rest,hold
    auth | 535 5.7.0 authentication rejected: your password is too simple | account | stop,rest
    auth | 535 5.7.0 Invalid login or password | account | stop,rest
    auth | 500 Error: command "AUTH" not recognized | account | stop,rest
    auth | 535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. | account | stop,rest
    auth | 535 5.7.139 Authentication unsuccessful, account is locked. Contact your administrator. | account | stop,rest
    auth | 538 5.7.11 Encryption required for requested authentication mechanism | account | stop,rest
    auth | 432 4.7.12 A password transition is needed | account | rest,stop
    auth | 535 Error: authentication failed, system busy | server | rest,stop
    auth | 550 System is busy | server | rest,stop
    auth | 421 4.3.0 Temporary System Problem. Try again later | server | rest,hold
    auth | 535 5.7.8 Too many failed logins, your IP is blocked for 15 minutes | quota | rest,stop
    mail | 550 5.7.0 From address is not one of your addresses. | from | stop,rest
    mail | 550 5.1.0 Authentication required | account | stop,rest
    mail | 421 4.1.0 192.0.2.25 Throttled - too many connections | quota | rest,rest_domain,hold
    mail | 553 5.3.0 flpd599 DNSBL:RBL 521< 192.0.2.25 >_is_blocked.For assistance forward this error to abuse_rbl@abuse-att.net | host | rest_domain,hold,rest,stop
    mail | 550 5.7.1 Unconfigured Sending Domain <example.org> | from | stop,rest
    mail | 550 5.7.1 Sender address not validated | from | stop,rest
    mail | 452 Too many emails from rig@example.org, please wait 10 minutes | quota | rest
    mail | 550 Sender verify failed | from | stop,rest,hold,rest_domain
    mail | 501 5.5.4 Invalid arguments | from | stop,rest,hold
    mail | 553 5.1.3 <rig@>: Sender address syntax | from | stop,rest
    mail | 552 5.2.3 Message too large | content | content,fail
    mail | 450 4.7.1 <rig@example.org>: Sender address rejected: Access denied | from | rest,hold,stop,rest_domain
    mail | 421 4.2.1 Service unavailable: local disk nearly full | server | rest,hold
    mail | 530 5.7.1 Authentication required | account | stop,rest
    mail | 550 5.7.1 Command rejected | ambiguous | hold,rest,stop
    mail | 554 5.7.1 You have been blocked: hourly quota of 150 messages reached | quota | rest
    mail | 451 4.7.1 Rate limited, retry in 37 seconds | quota | rest
    mail | 450 4.7.0 Account temporarily locked: too many messages | quota | rest,stop
    mail | 550 5.7.1 Client host blocked because of abuse, see http://example.net/abuse | host | rest_domain,hold,rest,stop
    rcpt | 550-Message rejected because [192.0.2.25]:10503 is blacklisted see Blocked -\n550 Too many failed logins | quota | rest,rest_domain,stop,hold
    rcpt | 550-Verification failed for <rig@example.org>\n550-The mail server does not recognize rig@example.org as a valid sender.\n550 Sender verify failed | from | stop,hold,rest,rest_domain
    rcpt | 550-Verification failed for <rig@example.org>\n550-The mail server could not deliver mail to rig@example.org. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.\n550 Sender verify failed | from | stop,hold,rest,rest_domain
    rcpt | 550-Verification failed for <rig@example.org>\n550-Unrouteable address\n550 Sender verify failed | from | stop,hold,rest,rest_domain
    rcpt | 550-Requested action not taken: mailbox unavailable\n550 Failure sending mail. Try again later | ambiguous | hold,fail,defer,rest
    rcpt | 550 Email account rig@example.org is sending too many emails - rate overlimit = 83.6 / 1h | quota | rest
    rcpt | 422 try again in 15 seconds | quota | rest,hold,defer
    rcpt | 451 qq trouble in home directory (#4.3.0) | mailbox | defer,hold,rest_domain
    rcpt | 451 Please try another server | server | hold,defer,rest_domain,rest
    rcpt | 550 smtp auth required | account | stop,rest,hold
    rcpt | 550 5.7.1 Unable to relay for ada@example.com | ambiguous | hold
    rcpt | 550 recipient e-mail adress unknown | address | suppress,fail
    rcpt | 550 5.7.1 too many spams from your IP (192.0.2.25), please visit http://postmaster.free.fr/ | host | rest_domain,hold,rest,stop
    rcpt | 554 5.7.1 <rig@example.org>: Sender address rejected: Access denied | from | hold,stop,rest,rest_domain
    rcpt | 550 5.1.1 recipient address suppressed due to customer policy | mailbox | fail,suppress
    rcpt | 451 4.7.1 Sorry, sending limit reached for this hour | quota | rest
    rcpt | 571 5.7.1 Sender has exceeded the messages limit | quota | rest
    rcpt | 450 4.7.1 <ada@example.com>: Recipient address rejected: Policy: too many recipients from rig@example.org, limit is 100 per hour | quota | rest
    rcpt | 450 4.7.1 <end-of-data>: End-of-data rejected: outbound quota for user rig exceeded | quota | rest
    rcpt | 554 5.7.1 <ada@example.com>: Recipient address rejected: Sender is blocked due to spam outbreak from this account | account | stop,rest,hold
    rcpt | 451 4.3.5 <ada@example.com>: Recipient address rejected: Server configuration error | server | rest,defer,hold
    rcpt | 451 4.3.0 <rig@example.org>: Temporary lookup failure | server | rest,defer,hold
    rcpt | 450 4.7.1 <rig>: Helo command rejected: Host not found | host | stop,rest
    rcpt | 550 5.7.1 <192.0.2.25>: Helo command rejected: Go away, bad guy | host | stop,rest,hold,rest_domain
    rcpt | 550 A valid HELO is required | host | stop,rest
    rcpt | 550 HELO name does not resolve; bad HELO | host | stop,rest,rest_domain,hold
    rcpt | 550 Mailbox limit exceeded for this email address | mailbox | defer,fail
    rcpt | 552 Mailbox limit exeeded for this email address | mailbox | defer,fail
    rcpt | 550 mailbox is full / Blocks limit exceeded / Inode limit exceeded | mailbox | defer,fail
    rcpt | 550 account is overquota | mailbox | defer,fail
    rcpt | 550 I cannot deliver mail for <ada@example.com> | address | hold,fail,suppress
    rcpt | 553 sorry, no mail-box here by that name | address | suppress,fail
    rcpt | 550 That recipient is not allowed | mailbox | fail,hold
    rcpt | 553 mailbox name not allowed | address | fail,hold,suppress
    rcpt | 556 5.1.10 Recipient address has a null MX | address | suppress,fail
    rcpt | 550 Account is not active | mailbox | fail,suppress,hold
    rcpt | 550 Domain may not exist or DNS check failed | from | hold,stop,rest,rest_domain,fail
    rcpt | 553 Sender Domain Resolve Fail | from | stop,hold,rest
    rcpt | 550 sorry, your envelope sender domain must exist (#5.7.1) | from | stop,rest,hold
    rcpt | 550 Sender <rig@example.org> has no A, AAAA, or MX DNS records. | from | stop,rest,hold
    rcpt | 550 Recipient not on bypass list, your IP has been found on a block list | host | rest_domain,hold,rest,stop,fail
    rcpt | 550 The sending IP (192.0.2.25) is listed on https://spamrl.com/. Please resolve this and retry. | host | rest_domain,hold,rest,stop
    rcpt | 503 This mail server requires authentication when attempting to send to a non-local e-mail address. Please check your mail client settings | ambiguous | hold,stop,rest
    rcpt | 550 Please login to your webmail to unlock sending | account | stop,rest
    rcpt | 550 Maximum emails per hour reached for user acme | quota | rest
    rcpt | 554 5.7.1 Rejected. Your host is generating too many bounces | quota | rest,rest_domain,hold
    rcpt | 550 Empfaenger unbekannt | address | suppress,fail
    rcpt | 552 Cuota de disco excedida para el usuario | mailbox | defer,fail
    rcpt | 550 Absender nicht erlaubt | from | stop,rest,hold
    rcpt | 451 Bitte spaeter noch einmal versuchen | greylist | defer,hold,rest_domain
    rcpt | 550 5.1.1 The user does not exist in our system | address | suppress,fail
    rcpt | 550 5.1.1 unknown or illegal alias: ada@example.com | address | suppress,fail
    rcpt | 550 ada@example.com is not a known user | address | suppress,fail
    rcpt | 550 no such person at this address | address | suppress,fail
    rcpt | 550 Recipient unknown. Contact your recipient another way | address | suppress,fail
    rcpt | 550 5.1.1 address not present in directory | address | suppress,fail
    rcpt | 550 User ada@example.com is terminated | mailbox | fail,suppress
    rcpt | 550 5.2.1 The account is disabled | mailbox | fail,suppress
    rcpt | 550 this address no longer accepts mail | mailbox | fail,suppress
    rcpt | 550 5.7.1 Recipient does not accept mail from you | mailbox | fail,hold
    rcpt | 550 5.7.1 Recipient only accepts mail from addresses in its contact list | mailbox | fail,hold
    rcpt | 450 mailbox busy, try later | mailbox | defer,hold
    rcpt | 450 4.2.2 Inbox temporarily over its quota | mailbox | defer
    rcpt | 452 4.2.2 Recipient's mailbox exceeded its storage | mailbox | defer
    rcpt | 451 4.2.0 Deferred: please try again later, new sender | greylist | defer,hold,rest_domain
    rcpt | 451 4.7.0 Temporarily deferred, try in 10 minutes | greylist | defer,hold,rest_domain
    rcpt | 450 4.7.0 You are greylisted - please try again in 300 s | greylist | defer
    rcpt | 451 4.4.1 Cannot connect to recipient's mail server | server | defer,hold,rest_domain,rest
    dot | 432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. | quota | rest
    dot | 421 Service not available, closing transmission channel. | server | rest,hold,defer,rest_domain
    dot | 554 sorry, too many emails (#5.7.1) | quota | rest
    dot | 550 5.7.1 Refused by local policy. No SPAM please! | content | content,fail,hold
    dot | 550 message sending for this account is disabled | account | stop,rest
    dot | 554 Message does not conform to standards | content | content,fail,hold
    dot | 451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again. | server | defer,hold,rest,rest_domain
    dot | 421 4.4.5 Server busy, try again later. | server | rest,hold,defer,rest_domain
    dot | 554 5.7.1 Daily message sending limit exceeded | quota | rest
    dot | 553 5.7.1 From: address not verified; see http://help.yahoo.com/ | from | stop,rest
    dot | 421 4.7.0 Account suspended, contact support | account | stop,rest
    dot | 550 5.7.0 Domain mg.example.org is disabled | account | stop,rest,hold
    dot | 550 Free accounts are for test purposes only. Please upgrade or add the address to authorized recipients. | account | stop,rest
    dot | 550 5.7.1 Mail limit exceeded for user rig | quota | rest
    dot | 552 extended quota violation | mailbox | defer,fail
    dot | 554 MailLoop | mailbox | fail,hold
    dot | 552 sender rejected AUP | from | hold,stop,rest,rest_domain,content,fail
    dot | 550 JunkMail rejected - 192.0.2.25 is in an RBL on junkemailfilter.com | host | rest_domain,hold,rest,content
    dot | 550 A URL in this email (example.org) is listed on https://spamrl.com/. Please resolve and retry | content | content,fail
    dot | 550 REJECTED - spamtext | content | content,fail
    dot | 554 We can't accept this message because it is spam | content | content,fail
    dot | 554 Error: transaction failed, blame it on the weather: E2: Cannot accept your message due to internal error | server | hold,rest,defer,fail,rest_domain
    dot | 550 Envio bloqueado: su cuenta ha superado el limite de mensajes por hora | quota | rest,stop
    dot | 550 Votre compte est suspendu pour envoi de spam | account | stop,rest,hold
    dot | 550 Limite de envio por hora atingido para esta conta | quota | rest
    """#
}
