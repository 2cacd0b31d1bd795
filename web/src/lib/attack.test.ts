import { describe, expect, it } from 'vitest'
import { attackOf } from './attack'

describe('attackOf', () => {
  it.each([
    ['attack.t1098.003', 'T1098.003', 'https://attack.mitre.org/techniques/T1098/003/'],
    ['attack.T1078', 'T1078', 'https://attack.mitre.org/techniques/T1078/'],
    ['attack.privilege-escalation', 'Privilege escalation', 'https://attack.mitre.org/tactics/TA0004/'],
    ['attack.privilege_escalation', 'Privilege escalation', 'https://attack.mitre.org/tactics/TA0004/'],
    ['attack.g0016', 'G0016', 'https://attack.mitre.org/groups/G0016/'],
  ])('%s', (tag, name, href) => expect(attackOf(tag)).toEqual({ name, href }))

  it.each(['cve.2021.1', 'attack.', 'attack.constructor', 'attack.t1098/../../x', 'attack.t1"onload=', 'javascript:alert(1)'])('%s is none', (tag) => expect(attackOf(tag)).toBeUndefined())
})
