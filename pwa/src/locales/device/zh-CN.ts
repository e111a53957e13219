/** What the phone says of itself: its lock, its numbers, its version, how it is installed. */
export const zh = {
  ended: {
    pin: '连续输错 PIN 10 次，手机上的居民资料已清除。未上传的记录仍加密保存，联网后会自动上传。请重新登录。',
    revoked: '卫生院已停用这部手机，手机上的居民资料已清除。未上传的记录仍加密保存，联网后会自动上传，由卫生院处理。手机找回后要继续使用，请向卫生院要登记码。',
    scope: '重新登录前，手机上的居民资料已清除。未上传的记录仍加密保存，联网后会自动上传。',
  },
  barred: {
    title: '这个账号已停用',
    text: '为保护居民资料，查看和填表已暂停。草稿和未上传的记录都还在，未上传的仍会上传。请联系卫生院；恢复后在这里重新登录。',
  },
  signIn: '重新登录',
  forgot: {
    open: '忘记 PIN',
    title: '忘记 PIN',
    text: '用账号和密码登录后，可以设置新的 PIN。需要联网。',
    lost: '旧 PIN 保护的资料打不开了：居民资料会重新下载，没填完的草稿会清除。已完成、未上传的记录不受影响，仍会上传。',
    password: '密码也忘了？请联系卫生院：他们在电脑上给您一个一次性密码，就在下一页用。',
    goOn: '去登录',
    back: '想起来了，回去输入 PIN',
  },
  gap: {
    title: '有编号没有到达服务器',
    here: (numbers: string) => `这部手机的第 ${numbers} 号没有到达，手机上也没有了。可能浏览器数据被清除过。请按当天的记录补填，并告诉卫生院。`,
    other: (phone: string, numbers: string) => `您以前的手机“${phone}”的第 ${numbers} 号没有到达。如果那部手机还在，请打开它联网上传。`,
  },
  update: {
    title: '有新版本',
    text: '更新只需几秒，记录和草稿都保留。',
    now: '现在更新',
  },
  install: {
    title: '放到主屏幕',
    why: '像普通应用一样打开，没有网络也能用，手机也不会自动清理它的数据。',
    now: '添加到主屏幕',
    ios: '在 Safari 里点下方的“分享”按钮，再选“添加到主屏幕”。以后请从主屏幕打开。',
  },
  download: {
    start: '先用已下载的部分',
    startHint: (homes: number, people: number) => `已有 ${String(homes)} 户、${String(people)} 位居民，可以开始工作；其余的在后台继续下载。`,
    going: (done: number, total: number) => `正在下载 ${String(done)}/${String(total)}`,
  },
  handover: {
    title: '连不上网？交到卫生院电脑',
    text: '把等待上传的记录存成一个文件，用数据线或微信交给卫生院，由他们在电脑上收下。文件是加密的，只有服务器能打开。',
    what: (records: number, pictures: number) => `${String(records)} 条记录，${String(pictures)} 张照片`,
    stays: '手机上的记录不会删除；以后联网也不会重复。',
    give: '生成文件',
  },
  taken: {
    title: '随记录带走的信息',
    why: '除了您填的内容，只带走下面这些，用来说明这次随访是真实做的。不录音，不拍照，不记录按键。',
    place: '位置',
    fix: (lng: string, lat: string, metres: number) => `东经 ${lng}，北纬 ${lat}，误差约 ${String(metres)} 米`,
    noFix: '没有位置',
    begun: '开始填写',
    phone: '手机和版本',
    seconds: (n: number) => `${String(n)} 秒`,
  },
  guide: {
    title: '第一天，五步就会',
    steps: [
      '看“今日”：紧急的在最上面，点一下就能填表。',
      '到“居民”找人：打几个字、拼音首字母，或证件、电话末几位。',
      '填表不用存：每填一项都自动保存，断电也不丢。',
      '填完点“完成并保存”：没有网络也行，联网后自动上传。',
      '收工看“发件箱”：显示“全部已上传”，就都到服务器了。',
    ],
    done: '知道了',
    again: '再看一遍入门',
  },
  saver: {
    title: '省流量',
    text: '打开后，照片只在您点“现在上传”时发送；记录照常自动上传。',
    on: '打开',
    off: '关闭',
  },
  check: '手机自检',
}
