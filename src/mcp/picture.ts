import type { Json } from './backend.js';
import type { Picture } from './tool.js';

/** Members of a result that repeat the picture, or say what the picture's block says. */
const OF_PICTURE = new Set(['success', 'image', 'image_data', 'data', 'encoding', 'mime_type']);

/** Takes the picture out of the result of a method, so that structured content never holds it. */
export function pictureOf(result: Json): { readonly picture: Picture | null; readonly rest: Json } {
  const data = result.image_data ?? result.image ?? result.data;
  const rest = Object.fromEntries(Object.entries(result).filter(([key]) => !OF_PICTURE.has(key)));
  if (typeof data !== 'string') return { picture: null, rest };
  const { mime_type: mimeType, width, height } = result;
  return {
    picture: {
      data,
      mimeType: typeof mimeType === 'string' ? mimeType : 'image/png',
      width: width as number,
      height: height as number,
    },
    rest,
  };
}
