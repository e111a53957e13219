export const zh = {
  offline: '现在没有网络。已填写的内容都在，网络恢复后再试。',
  timeout: '服务器 20 秒没有回应。内容没有丢，请稍后再试。',
  not_our_server: '收到的不是随访服务器的回答，可能连上了需要登录的无线网络。请换一个网络再试。',
  server_trouble: '服务器暂时有问题，内容没有丢，请稍后再试。',
  unexpected: '页面出了问题。内容没有丢，请刷新后再试。',
  request: (id: string) => `请求编号 ${id}`,
}
