// The shapes of alerts by the names this page uses.

import type { components } from '../../api/schema'

type Schemas = components['schemas']

export type AlertState = 'open' | 'acknowledged' | 'closed'

/** An alert with the version that whoever changes it has to name. */
export interface Alert extends Omit<Schemas['Alert'], 'state'> {
  state: AlertState
}

/** A page of alerts, newest first. */
export interface AlertPage extends Omit<Schemas['AlertPage'], 'items'> {
  items: Alert[]
}

/** What somebody does with an alert; what is left out stays. */
export type AlertChange = Omit<Schemas['AlertChange'], 'version'>

export type AlertValue = Schemas['AlertValue']
