"""The console's own words in Japanese for what is done on it, by the English ones."""

from typing import Final

JAPANESE: Final[dict[str, str]] = {
    "New job": "新しいジョブ",
    "1 Name, contacts, time": "1 名前・連絡先・時刻",
    "2 Certificates": "2 証明書",
    "3 Slots and preview": "3 配置先とプレビュー",
    "Start time with its zone; empty: now": "タイムゾーン付きの開始時刻。空欄は今すぐ",
    "Next": "次へ",
    "Back": "戻る",
    "Certificates of one type per job.": "一つのジョブには同じ種別の証明書だけを選べます。",
    "CAS has no certificate that can be deployed.": "CAS に配備できる証明書がありません。",
    "first deployment, where HTTPS is off": "HTTPS が無効な所への初回配備",
    "accept a short outage": "短い停止を許す",
    "Preview again": "再プレビュー",
    "{n} slots are written": "{n} 件の配置先に書き込みます",
    "{n} are left alone": "{n} 件は変更なし",
    "Nothing matches: there is nothing to deploy.": "一致するものがなく、配備するものがありません。",
    "What changes beside the certificates": "証明書以外に変わること",
    "Slots may be there that this plan does not know": "この計画が把握していない配置先があるかもしれません",
    "Leave out": "除外",
    "New": "新しい証明書",
    "What": "内容",
    "Submit": "送信",
    "Save as a draft": "下書きとして保存",
    "Continue": "続行",
    "Cancel": "取消",
    "Retry": "再試行",
    "Roll back": "ロールバック",
    "Delete": "削除",
    "The draft runs as it was shown, at its time or at once.": (
        "下書きは表示どおりに、予定時刻または直ちに実行されます。"
    ),
    "The next wave begins now.": "次のウェーブがすぐに始まります。",
    (
        "Slots that are being changed are brought to their "
        "end, the rest is not begun. What is deployed stays."
    ): ("変更中の配置先は最後まで行い、残りは始めません。配備済みのものはそのままです。"),
    "What ended in error is tried again, in the same job.": "エラーになったものを同じジョブで再試行します。",
    "Each slot gets back what it had before the job. One that has changed since is left alone.": (
        "各配置先をジョブ前の状態に戻します。その後変わったものは変更しません。"
    ),
    (
        "This cannot be undone: neither what the job did nor the way back "
        "can be looked up any more. What it has deployed stays in service."
    ): ("元に戻せません。ジョブの記録も戻し方も参照できなくなります。配備したものは使われ続けます。"),
    "What has moved since it was drafted": "下書き後に変わったこと",
    "Policies, as YAML": "ポリシー（YAML）",
    "Check": "確認",
    "what they would do": "適用した場合の結果",
    "Rule": "ルール",
    "Sets": "設定",
    "Set apart": "別扱い",
    "Store them": "保存",
    "restore": "復元",
    "cannot": "復元不可",
    "Only of:": "対象：",
    "Another person than its drafter is to submit it.": "下書きした人以外が送信する必要があります。",
    "Drafted by": "下書き",
    "submitted by": "送信",
    "Nothing of that failed.": "その中に失敗したものはありません。",
    "Changes are frozen until": "変更は次の時刻まで凍結されています：",
    "do it all the same": "それでも実行する",
    "Halted:": "停止：",
    "Waits:": "待機：",
    "It was to be submitted, and is a draft:": "送信されるはずでしたが、下書きのままです：",
    "Engine": "エンジン",
    "Quota": "割当",
    "How far": "進み具合",
    "Begin the next wave": "次のウェーブを始める",
    "Halt: begin nothing more": "停止：これ以上始めない",
    "Choose": "選択",
    "Of the chosen slots, or of all:": "選択した配置先、未選択ならすべて：",
    "Edit": "編集",
    "First {canaries}, then the rest.": "最初に {canaries}、その後に残り。",
    "Each further wave begins when somebody lets it.": "以降の各ウェーブは人が許可してから始まります。",
    "Pause between waves: {n} min.": "ウェーブ間の休止：{n} 分。",
    "Halts when more than {n} % failed.": "失敗が {n} % を超えると停止します。",
    "Waves, freeze windows, approval": "ウェーブ・凍結期間・承認",
    "Left empty: as policies say, else all at once.": "未指定：ポリシーに従い、なければ一度に全部。",
    "First: one, per-product, 10% …": "最初：one、per-product、10% …",
    "Pause after each wave": "各ウェーブ後の休止",
    "Halt when more than this failed": "これを超えて失敗したら停止",
    "wait after each wave until somebody lets the next one begin": "各ウェーブ後、次の開始許可を待つ",
    "all at once, whatever policies say": "ポリシーにかかわらず一度に全部",
    "No job was created: this is another plan than was shown. Look at it, and submit it again.": (
        "ジョブは作成されませんでした。表示されたものとは別の計画です。確認して送信し直してください。"
    ),
    "Who and when": "誰が・いつ",
    "also in a freeze window": "凍結期間中でも実行する",
    "a draft that another person is to submit": "別の人が送信する下書き",
    "The digest changes with slots, certificates and waves: who approved the job has to look again.": (
        "配置先・証明書・ウェーブが変わるとダイジェストも変わります。承認した人は再確認が必要です。"
    ),
    "Another start time with its zone": "別の開始時刻（タイムゾーン付き）",
    "start at once, not at the time that is set": "設定時刻でなく直ちに開始する",
    "Add slots": "配置先を追加",
    "Those that a certificate of the job covers; what fits one of these.": (
        "ジョブの証明書が対象とし、いずれかに合うもの。"
    ),
    "plan anew for the slots of the job, as they are by now": "ジョブの配置先を現状に合わせて再計画する",
    "Drop": "除く",
    "Save": "保存",
    "It is changed.": "変更しました。",
    "Not in the job": "ジョブに含まれないもの",
    "To the job": "ジョブへ",
    "New contact": "新しい連絡先",
    "Language of the messages": "メッセージの言語",
    "is told of automatic jobs, and of ends that nothing replaces": (
        "自動ジョブと、置き換えのない期限を通知する"
    ),
    "Remove": "削除",
    "New channels, one in a line": "新しい経路（一行に一つ）",
    "The URL of a robot is a secret: keep it in KMS or a file, and give its name (kms:NAME, file:/PATH).": (
        "ロボットの URL は秘密です。KMS かファイルに置き、名前（kms:NAME、file:/PATH）を指定します。"
    ),
    "Kinds": "種類",
    "A message over each channel, now.": "各経路に今すぐメッセージを送ります。",
    "Jobs that name it tell it nothing any more.": "指定しているジョブからも通知されなくなります。",
    "Freeze windows": "凍結期間",
    "Times": "時間",
    "Time zone": "タイムゾーン",
    "Policies name none.": "ポリシーに指定はありません。",
    "Check-up": "点検",
    "No error was found.": "エラーは見つかりませんでした。",
    "Something does not work until somebody has done something.": "対処するまで動かないものがあります。",
    "Looked at": "点検項目",
    "Found": "結果",
    "What the policy lacks": "ポリシーに不足している内容",
    "The cloud is asked with the key at hand, or by a function of the stack. Nothing is changed.": (
        "手元のキー、またはスタックの関数でクラウドに問い合わせます。変更はしません。"
    ),
    "Account": "アカウント",
    "Accounts": "アカウント",
    "own": "自アカウント",
    "ok": "正常",
    "unknown": "不明",
    "warning": "警告",
    "What is there now is meant to be, and is not told as drift any more:": (
        "現在の証明書は意図したもので、今後は差異として通知しない："
    ),
    "Accept it": "受け入れる",
}
