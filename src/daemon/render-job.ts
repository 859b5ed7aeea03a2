import type { RenderSettings, View, ViewRequest } from '../render/index.js';

/** What a picture is asked for, before the scene has been looked at. Plain data. */
export interface ImageRequestData {
  readonly view: ViewRequest;
  readonly settings: { readonly [K in keyof RenderSettings]?: RenderSettings[K] | undefined };
}

/** A picture that is fully decided: any worker renders the same bytes from it. Plain data. */
export interface ImageJob {
  readonly view: View;
  readonly settings: RenderSettings;
}
