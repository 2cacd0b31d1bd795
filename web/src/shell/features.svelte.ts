// What this service can do, as its settings have it.

import { get } from '../api/client'
import type { components } from '../api/schema'

export type Features = components['schemas']['Features']

class FeatureList {
  #known = $state.raw<Features>()

  /** Whether the service has said what it can do. */
  get known(): boolean {
    return this.#known !== undefined
  }

  /** Whether questions can be asked, events explained, and MCP clients connected. */
  get assistant(): boolean {
    return this.#known?.ai_features_enabled ?? false
  }

  /** The host that questions are sent to; empty where they are read by rules on the server. */
  get provider(): string {
    return this.#known?.ai_provider ?? ''
  }

  /** The language model that answers, where there is one and its name is known. */
  get model(): string {
    return this.#known?.ai_model ?? ''
  }

  /** load asks the service. It rejects with a Problem. */
  async load(): Promise<Features> {
    this.#known = await get<Features>('/api/config/features')
    return this.#known
  }
}

export const features = new FeatureList()
