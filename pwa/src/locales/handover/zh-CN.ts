/** Taking in the file of a phone that cannot go online. */
export const zh = {
  open: '收下手机交来的文件',
  title: '收下手机交来的文件',
  text: '医生的手机连不上网时，可在“发件箱”把等待上传的记录存成一个文件交来。文件是加密的，只有服务器能打开；同一个文件收几次都只算一次。',
  choose: '选择文件',
  reading: (name: string) => `正在收 ${name}`,
  whose: (worker: string, device: string) => `${worker}的手机 · ${device}`,
  done: (records: number, pictures: number) => `收完了：${String(records)} 条记录，${String(pictures)} 张照片。`,
  tell: '请告诉医生：已经收下。手机里的记录不用删，以后联网也不会重复。',
  anew: '收另一个文件',
  again: '接着收',
  number: (seq: number) => `第 ${String(seq)} 号`,
  unnamed: '记录',
  pictures: (taken: number, all: number) => `照片 ${String(taken)}/${String(all)}`,
  refusedPictures: (n: number) => `${String(n)} 张照片没有收下，手机里还有，以后联网会再传。`,
  status: {
    stored: '已收下', replayed: '以前已收下', held: '已收下，等相关的登记到达', quarantined: '已封存，请到“封存件”处理', conflict: '编号相同、内容不同，两份都保留',
    deleted: '这条记录已被作废，已封存', invalid: '内容不能用，已留底', failed: '服务器出错，没有收下，请再收一次',
  } as Record<string, string>,
  problem: {
    not_a_handover: '这不是随访手机生成的交接文件，什么也没有收。请选择名字以 suifang- 开头、以 .jsonl 结尾的文件。',
    broken: (line: number) => `文件从第 ${String(line)} 行起不完整，前面的已经收下。请让医生在手机上重新生成文件再交一次。`,
    elsewhere: '这部手机不属于您的辖区，什么也没有收。请交给它所属的卫生院，或请县里收下。',
  },
}
