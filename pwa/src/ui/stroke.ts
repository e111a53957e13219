/** One line of a signature, from finger down to finger up. */

export interface Point {
  readonly x: number
  readonly y: number
}
export type Stroke = readonly Point[]

/** What of a canvas's pen is used. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'stroke' | 'arc' | 'fill' | 'lineWidth' | 'lineCap' | 'lineJoin' | 'strokeStyle' | 'fillStyle'
>

const INK = '#12201d'
const WIDTH = 5

/** Round and smooth: each point bends the line, the middles between them lie on it. A tap is a dot. */
export function drawStroke(pen: Pen, stroke: Stroke): void {
  const [first] = stroke
  const last = stroke.at(-1)
  if (!first || !last) return
  Object.assign(pen, { lineWidth: WIDTH, lineCap: 'round', lineJoin: 'round', strokeStyle: INK, fillStyle: INK })
  pen.beginPath()
  if (stroke.length === 1) {
    pen.arc(first.x, first.y, WIDTH / 2, 0, 2 * Math.PI)
    pen.fill()
    return
  }
  pen.moveTo(first.x, first.y)
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [here, next] = [stroke[i], stroke[i + 1]]
    if (here && next) pen.quadraticCurveTo(here.x, here.y, (here.x + next.x) / 2, (here.y + next.y) / 2)
  }
  pen.lineTo(last.x, last.y)
  pen.stroke()
}
