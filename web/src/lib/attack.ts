// Tags of rules that stand for something in MITRE ATT&CK.

/** An ATT&CK tag with the page that explains it. */
export interface AttackTag {
  /** The name as the matrix has it: T1098.003, Persistence. */
  name: string
  href: string
}

const SITE = 'https://attack.mitre.org'

/** The tactics by the names that tags use; dots and underscores of older tags are read as hyphens. */
const TACTICS: Record<string, string> = {
  'reconnaissance': 'TA0043', 'resource-development': 'TA0042', 'initial-access': 'TA0001', 'execution': 'TA0002', 'persistence': 'TA0003',
  'privilege-escalation': 'TA0004', 'defense-evasion': 'TA0005', 'credential-access': 'TA0006', 'discovery': 'TA0007', 'lateral-movement': 'TA0008',
  'collection': 'TA0009', 'command-and-control': 'TA0011', 'exfiltration': 'TA0010', 'impact': 'TA0040',
}

/** attackOf gives what a tag stands for; undefined for one that is not of ATT&CK, or unknown. */
export function attackOf(tag: string): AttackTag | undefined {
  const m = /^attack\.(.+)$/i.exec(tag.trim())
  if (!m) return undefined
  const text = (m[1] ?? '').toLowerCase()
  const technique = /^(t\d{4})(?:\.(\d{3}))?$/.exec(text)
  if (technique) return { name: text.toUpperCase(), href: `${SITE}/techniques/${(technique[1] ?? '').toUpperCase()}/${technique[2] ? technique[2] + '/' : ''}` }
  const other = /^([gs])(\d{4})$/.exec(text)
  if (other) return { name: text.toUpperCase(), href: `${SITE}/${other[1] === 'g' ? 'groups' : 'software'}/${text.toUpperCase()}/` }
  const tactic = text.replace(/[_.\s]+/g, '-')
  const id = Object.hasOwn(TACTICS, tactic) ? TACTICS[tactic] : undefined
  return id ? { name: tactic.charAt(0).toUpperCase() + tactic.slice(1).replace(/-/g, ' '), href: `${SITE}/tactics/${id}/` } : undefined
}
