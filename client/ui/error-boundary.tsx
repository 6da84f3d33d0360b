import { Component, type ReactNode } from 'react'

interface Props {
  /** What stands in for the part while it is down. */
  fallback: ReactNode
  children: ReactNode
}

const RETRY_MS = 10_000

/** Keeps a failure of one part from taking the page along, and tries the part again by itself. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }
  #timer: ReturnType<typeof setTimeout> | undefined

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override componentDidCatch(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.setState({ failed: false }), RETRY_MS)
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer)
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}
