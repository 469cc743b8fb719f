extension ReadingCases {
  static let third = #"""
    connect | 421 4.7.0 Temporarily rejected. Reverse DNS for 192.0.2.25 failed. | host | rest_domain,hold,rest,stop
    connect | 554 IB103. Connection refused. This IP has a poor reputation on Cloudmark Sender Intelligence | host | rest_domain,hold,rest,stop
    connect | 421 IB007. Connection refused, too many sessions from This IP. Lower the number of concurrent sessions. | quota | rest,rest_domain,hold
    connect | 421 Connection from your network refused due to SMTP flood | quota | rest,rest_domain,hold
    connect | 554 5.5.0 Access denied | host | rest_domain,hold,rest
    helo | 502 5.5.1 STARTTLS command not implemented | account | stop,rest
    helo | 550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1) | host | stop,rest
    helo | 421 4.7.1 Intrusion prevention active for [192.0.2.25] | host | rest,rest_domain,hold,stop
    auth | 535 Login failed, too many attempts. Try in 30 minutes | quota | rest,stop
    auth | 454 4.3.0 Internal authentication error | server | rest,hold
    auth | 535 5.7.8 Error: authentication failed: Connection refused by backend | server | rest,stop
    auth | 535 5.7.9 Application-specific password required | account | stop,rest
    auth | 550 5.7.1 SMTP access is disabled for this account, enable it in the settings | account | stop,rest
    auth | 504 5.5.4 Unrecognized authentication type | account | stop,rest
    auth | 501 5.5.2 Cannot decode AUTH parameter | account | stop,rest
    auth | 450 Account temporarily blocked | account | rest,stop
    mail | 554 5.7.1 Mail from rig@example.org rejected for policy reasons. | from | rest,stop,hold,rest_domain
    mail | 550 5.7.1 Sender address is not allowed for this login | from | stop,rest
    mail | 503 Bad sequence of commands | server | rest,hold,stop
    mail | 421 4.4.2 Timeout while waiting for command | server | rest,hold
    mail | 452 4.3.1 Insufficient system resources (UsedDiskSpace) | server | rest,rest_domain,hold,defer
    mail | 550 Rejected: your domain example.org is on our blacklist | from | rest_domain,stop,rest,hold
    mail | 550 Access denied | ambiguous | hold,rest,stop
    mail | 451 4.7.1 Please try again later | server | rest,hold,rest_domain,defer
    mail | 550 Your account has exceeded its monthly email quota | quota | rest,stop
    mail | 552 5.3.4 Declared message size exceeds the limit | content | content,fail
    rcpt | 450 4.4.0 Name service error for example.com: host not found, try again | address | defer,hold
    rcpt | 550 5.7.1 Sorry, you are not allowed to send mail to this list | mailbox | fail,hold
    rcpt | 550 5.7.1 DNSBL listed: zen | host | rest_domain,hold,rest,stop
    rcpt | 550 5.7.1 rejected: PTR of 192.0.2.25 missing | host | rest_domain,hold,rest,stop
    rcpt | 554 5.7.1 The sending server has a poor sender score | host | rest_domain,hold,rest,stop
    rcpt | 550 5.7.1 <rig@example.org>: Sender address rejected: Your mailbox is suspended for outgoing mail | account | stop,rest
    rcpt | 550 5.7.1 Too many unknown recipients, mail from this account is blocked | account | stop,rest,hold
    rcpt | 450 4.7.1 Outgoing mail temporarily blocked for this user | account | rest,stop
    rcpt | 550 Number of messages exceeds daily allowance (500) | quota | rest
    rcpt | 452 4.5.3 Daily recipients exceeded for this plan | quota | rest
    rcpt | 550 Verify your sender domain before sending | from | stop,rest,hold
    rcpt | 553 5.7.1 You may only send as addresses of your own domain | from | stop,rest,hold
    rcpt | 550 5.7.1 We do not relay | ambiguous | hold
    rcpt | 551 User not local; please try <ada@other.example> | address | fail,suppress,hold
    rcpt | 550 5.7.1 Rejected | ambiguous | hold
    rcpt | 550 5.7.1 Sorry, refused | ambiguous | hold
    rcpt | 554 5.7.1 Policy violation | ambiguous | hold,fail
    rcpt | 450 4.7.1 Policy violation | ambiguous | hold,defer
    rcpt | 550 Permission denied | ambiguous | hold
    rcpt | 450 4.7.1 <ada@example.com>: Recipient address rejected: Intended policy rejection, please try again later | greylist | defer,hold
    rcpt | 550 5.1.1 <ada@example.com>: Recipient address rejected: aliases: no such mailbox | address | suppress,fail
    rcpt | 550 5.1.1 <ada@example.com>: Recipient address rejected: example.com | address | fail,suppress
    rcpt | 550 5.1.0 Address rejected ada@example.com | address | fail,hold,suppress
    rcpt | 550 Unknown recipient ada@example.com | address | suppress,fail
    rcpt | 550 5.1.1 ada@example.com Recipient not found. <http://x.co/irbounce> | address | suppress,fail
    rcpt | 550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked. | mailbox | fail,suppress
    rcpt | 550 5.5.0 Boite du destinataire archivee. Archived recipient. | mailbox | fail,suppress
    rcpt | 550 Mailbox is frozen. See http://mail.i.ua/err/3/ | mailbox | fail,suppress,defer
    rcpt | 550 ada@example.com is a deactivated mailbox | mailbox | fail,suppress
    rcpt | 550 User suspended | mailbox | fail,suppress
    rcpt | 550 MI:NRC domain suspended | mailbox | hold,fail,rest_domain
    rcpt | 452 4.2.2 <ada@example.com>: Quota exceeded | mailbox | defer
    rcpt | 550 <ada@example.com>: Quota exceeded | mailbox | defer,fail
    rcpt | 451 4.2.2 user over quota; cannot receive new mail | mailbox | defer
    rcpt | 450 4.2.1 mailbox temporarily disabled | mailbox | defer
    rcpt | 450 Requested mail action not taken: mailbox unavailable | mailbox | defer,hold
    rcpt | 451 Requested action aborted: local error in processing | server | rest,defer,hold
    rcpt | 450 4.4.1 <ada@example.com>: Recipient address rejected: unverified address: connect to mx.example.com[192.0.2.7]:25: Connection timed out | server | defer,hold
    rcpt | 550 5.1.1 <ada@example.com>: Recipient address rejected: undeliverable address: mail for example.com loops back to myself | mailbox | fail,hold
    rcpt | 554 5.7.1 <rig@example.org>: Sender address rejected: no mail from freemail accepted here | from | hold,stop,fail,rest,rest_domain
    rcpt | 550 5.7.1 Email rejected: sender country is blocked by recipient policy | mailbox | fail,hold,rest_domain
    rcpt | 550 5.7.1 You have sent too many messages today | quota | rest
    rcpt | 450 4.7.1 You have exceeded the maximum number of recipients per day | quota | rest
    rcpt | 421 4.7.0 Rate limit for your account reached. Try again in 3600 seconds | quota | rest
    rcpt | 550 SMTP AUTH is required for message submission on port 587 | account | stop,rest,hold
    rcpt | 550 not permitted to relay through this server without authentication | account | hold,stop,rest
    rcpt | 550 You must check mail before sending (POP before SMTP) | account | stop,rest,hold
    rcpt | 550 Your mailbox is full, delete some messages before sending | account | stop,rest,hold
    rcpt | 550 Invalid sender domain | from | stop,rest,hold
    rcpt | 554 5.7.1 Client host rejected LPN000_630 | host | rest_domain,hold,rest,stop
    rcpt | 550 5.7.1 Mail from IP 192.0.2.25 was rejected due to listing in Spamhaus PBL | host | rest_domain,hold,rest,stop
    rcpt | 550 domain example.org mismatches client ip 192.0.2.25. | host | rest_domain,hold,rest,stop
    rcpt | 571 No PTR Record found. Reverse DNS required: 192.0.2.25 | host | rest_domain,hold,rest,stop
    data | 554 5.7.1 <DATA>: Data command rejected: Access denied | ambiguous | hold,rest,stop
    data | 451 4.3.0 Try again later | server | hold,rest,defer,rest_domain
    data | 421 4.7.0 Throttled: 10 messages per second | quota | rest
    data | 550 5.7.1 Sending rate too high | quota | rest
    data | 554 No recipients | ambiguous | hold,defer,fail
    data | 550 5.7.1 Account blocked for sending spam | account | stop,rest,hold
    dot | 550 5.7.1 message rejected: attachment type exe forbidden | content | content,fail
    dot | 550 5.7.1 Email contains viruses | content | content,fail
    dot | 554 5.7.1 message identified as SPAM (score 12.4) | content | content,fail
    dot | 550 Subject line contains forbidden words | content | content,fail,hold
    dot | 550 5.7.1 Your message looks like SPAM or has been reported as SPAM please read http://example.net | content | content,fail,hold
    dot | 552 Message size exceeds the maximum permitted | content | content,fail
    dot | 550 5.6.0 Lone CR or LF in body | content | content,fail
    dot | 550 Missing Message-ID header | content | content,fail
    dot | 451 4.7.1 Content scanner unavailable | server | rest,hold,defer,rest_domain
    dot | 451 Temporary failure in virus scanner | server | rest,hold,defer,rest_domain
    dot | 554 5.7.1 DKIM signature did not verify | from | stop,hold,rest,rest_domain,content,fail
    dot | 550 5.7.1 SPF unauthorized mail is prohibited | from | stop,hold,rest,rest_domain
    dot | 554 5.7.1 From address rejected: does not match authenticated user | from | stop,rest
    dot | 554 Sending suspended: bounce rate too high | account | stop,rest
    dot | 550 You have no credits left | quota | rest,stop
    dot | 550 5.2.1 mailbox disabled, not accepting messages | mailbox | fail,suppress
    dot | 550 5.1.1 no such user | address | suppress,fail
    dot | 550 5.7.1 Recipient has blocked you | mailbox | fail,hold
    dot | 554 5.4.7 delivery expired (in queue too long) | ambiguous | hold,fail,defer
    dot | 554 5.0.0 Permanent failure | ambiguous | hold,fail
    dot | 550 rejected by administrator | ambiguous | hold,fail
    dot | 550 Poor reputation of 192.0.2.25 | host | rest_domain,hold,rest,stop
    dot | 451 4.7.0 Too much mail from example.org, deferring | domain | rest_domain,hold,rest
    dot | 452 4.2.2 The recipient is over quota | mailbox | defer
    dot | 552 5.3.1 Mail system full | server | rest,hold,defer,rest_domain
    dot | 550 5.7.1 Relaying from this address is denied: SMTP AUTH needed | account | hold,stop,rest
    dot | 550 5.7.1 Rejected by content scanner (bayes) | content | content,fail
    dot | 554 5.7.0 Reject, id=20025-09 - SPAM | content | content,fail
    dot | 550 5.6.9 improper use of 8-bit data in message header | content | content,fail
    dot | 550 5.7.1 This message does not have authentication information or fails to pass authentication checks. | from | stop,hold,rest,rest_domain
    dot | 550 5.7.26 The MAIL FROM domain [example.org] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks | from | stop,hold,rest,rest_domain
    dot | 421 4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this message | from | rest_domain,hold,rest,stop
    dot | 554 Message not allowed - [292] | ambiguous | hold,content,fail
    dot | 550 5.4.5 Sending limit exceeded; account is limited to 100 recipients per day | quota | rest
    dot | 550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients | quota | rest
    dot | 550 5.7.708 Access denied, traffic not accepted from this IP | account | rest_domain,stop,rest,hold
    dot | 554 5.2.0 STOREDRV.Submission.Exception:MessageSubmissionExceededException; message size exceeds limit | content | content,fail
    dot | 550 5.7.1 The sender's account is suspended | account | stop,rest,hold
    dot | 554 Message rejected: Address is on the suppression list for your account | mailbox | fail,suppress,hold
    dot | 554 5.7.1 Access to Amazon SES is not permitted, account is paused | account | stop,rest
    dot | 450 Daily limit reached, upgrade your plan | quota | rest,stop
    dot | 550 Recipient's mailbox is full | mailbox | defer,fail
    dot | 552 5.7.0 This message was blocked because its content presents a potential security issue. | content | content,fail
    dot | 451 4.3.0 Message temporarily rejected, virus database is updating | server | hold,rest,defer,rest_domain
    dot | 550 5.7.1 Duplicate message, already received | content | content,fail,hold
    dot | 554 5.7.1 bulk mail without List-Unsubscribe is rejected | content | content,fail,hold
    """#
}
